// What is measured on one device.
#pragma once

#include "../../src/cuda/session.h"
#include "bench_functions.h"

namespace vram_bench {

struct Options {
  const char* stand_in = nullptr;
  std::uint64_t bytes = 8ull << 30;
  /// Each thing is repeated for at least so long.
  double seconds = 2;
};

/// The best of several rounds of each, in seconds.
struct DigestSeconds {
  double seconds;
  unsigned clock_mhz;
};

/// One device with a model in it, room for a copy of that, and a buffer of pinned memory.
class BenchDevice {
 public:
  BenchDevice(const vram::cuda::Driver& driver, const Options& options);
  ~BenchDevice();
  BenchDevice(const BenchDevice&) = delete;
  BenchDevice& operator=(const BenchDevice&) = delete;

  const vram_device_facts& facts() const { return facts_; }
  int multiprocessors() const { return multiprocessors_; }

  /// The digest in place. Throws if it is not that of the host.
  DigestSeconds digest(vram_digest_algorithm algorithm);
  double copy_on_device();
  /// Seconds for a piece of `piece_bytes`.
  double copy_to_device();
  double copy_to_host();
  /// A copy to the host and its SHA-256 there, for a piece of `piece_bytes`.
  double copy_back_and_hash();
  /// Steps per second of a loop that reads the model once a step.
  double inference_steps();

  std::uint64_t piece_bytes() const { return piece_bytes_; }

 private:
  template <class Work>
  double best(Work work) const;
  void synchronise() const { driver_.cuStreamSynchronize(stream_.get()); }

  const vram::cuda::Driver& driver_;
  const Options options_;
  const vram_device_facts facts_;
  int multiprocessors_ = 0;
  std::uint64_t piece_bytes_;
  vram::cuda::PrimaryContext context_;
  vram::cuda::Stream stream_;
  vram::cuda::Digester digester_;
  std::unique_ptr<vram::cuda::DeviceMemory> model_;
  std::unique_ptr<vram::cuda::DeviceMemory> copy_;
  std::uint8_t* pinned_ = nullptr;
  vram::cuda::CUmodule module_ = nullptr;
  vram::cuda::CUfunction stream_kernel_ = nullptr;
#define VRAM_DECLARE(NAME, VERSION, PARAMETERS) \
  const vram::cuda::DriverFunction<vram::cuda::CUresult PARAMETERS> NAME{driver_, #NAME, VERSION};
  using CUdeviceptr = vram::cuda::CUdeviceptr;
  using CUstream = vram::cuda::CUstream;
  VRAM_BENCH_DRIVER_FUNCTIONS(VRAM_DECLARE)
#undef VRAM_DECLARE
};

}  // namespace vram_bench
