// The CUDA driver and NVML, found at run time.
#pragma once

#include <memory>

#include "driver_api.h"
#include "failure.h"
#include "nvml_api.h"

namespace vram::cuda {

/// What a driver result means to callers.
vram_status status_of(CUresult result);

/// Whether what was to be released is gone with this result: released now, or together with its context or
/// process.
bool is_gone(CUresult result);

class Driver;

template <class Signature>
class DriverFunction;

/// A function of the driver. A driver too old to have it refuses with CUDA_ERROR_NOT_SUPPORTED.
template <class... Parameters>
class DriverFunction<CUresult(Parameters...)> {
 public:
  DriverFunction(const Driver& driver, const char* name, int version);

  /// Calls it and throws a Failure unless it succeeded.
  void operator()(Parameters... parameters) const {
    const CUresult result = call(parameters...);
    if (result != CUDA_SUCCESS) fail(result);
  }

  /// Calls it and gives its result.
  CUresult call(Parameters... parameters) const {
    return pointer_ == nullptr ? CUDA_ERROR_NOT_SUPPORTED : pointer_(parameters...);
  }

  /// Calls it to release something, and throws a Failure unless that is gone.
  void release(Parameters... parameters) const {
    const CUresult result = call(parameters...);
    if (!is_gone(result)) fail(result);
  }

  [[noreturn]] void fail(CUresult result) const;

 private:
  const Driver& driver_;
  const char* name_;
  CUresult (*pointer_)(Parameters...);
};

/// The functions of NVML; those that it lacks are null.
class Nvml {
 public:
  /// Loads NVML and initialises it. Where that fails every function is null: what it would tell stays
  /// unknown.
  explicit Nvml(const char* path);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

#define VRAM_DECLARE(MEMBER, NAME, PARAMETERS) nvmlReturn_t(*MEMBER) PARAMETERS = nullptr;
  VRAM_NVML_FUNCTIONS(VRAM_DECLARE)
#undef VRAM_DECLARE
};

/// A loaded and initialised driver. The libraries are never unloaded: the driver has threads of its own.
class Driver {
  /// The lookup functions; first, for the members below use them.
  struct Lookup {
    explicit Lookup(const char* path);
    void* find(const char* name, int version) const;

    void* two = nullptr;
    void* one = nullptr;
  };
  Lookup lookup_;

 public:
  /// @throws Failure VRAM_NO_DRIVER, VRAM_DEVICE_ERROR
  explicit Driver(const char* stand_in);
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Whether this is a stand-in, chosen by its path.
  const bool simulated;
  const Nvml nvml;

#define VRAM_DECLARE(NAME, VERSION, PARAMETERS) \
  const DriverFunction<CUresult PARAMETERS> NAME{*this, #NAME, VERSION};
  VRAM_CUDA_DRIVER_FUNCTIONS(VRAM_DECLARE)
#undef VRAM_DECLARE

  int device_count() const;

  /// @throws Failure VRAM_NO_SUCH_DEVICE
  CUdevice device(std::uint32_t index) const;

  [[noreturn]] void fail(const char* function, CUresult result) const;

  void* find(const char* name, int version) const {
    return lookup_.find(name, version);
  }
};

template <class... Parameters>
DriverFunction<CUresult(Parameters...)>::DriverFunction(const Driver& driver, const char* name, int version)
    : driver_(driver),
      name_(name),
      pointer_(reinterpret_cast<CUresult (*)(Parameters...)>(driver.find(name, version))) {}

template <class... Parameters>
void DriverFunction<CUresult(Parameters...)>::fail(CUresult result) const {
  driver_.fail(name_, result);
}

}  // namespace vram::cuda
