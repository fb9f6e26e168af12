// What the stand-in driver holds: devices, memory, streams, and the faults that tests planned. One lock over
// all of it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "../../../src/cuda/driver_api.h"

namespace vram::stand_in {

using namespace vram::cuda;

constexpr std::uint64_t GRANULARITY = 2ull << 20;

/// Physical memory of a device: a memfd, whose name tells the device.
struct Physical {
  int device;
  int descriptor;
  std::uint64_t bytes;
  /// Whether it was made in this process, whose use it counts as.
  bool counted;
  /// Whether it was made for other processes.
  bool exportable = false;

  Physical(int device, std::uint64_t bytes);
  /// Memory that is there already, by a descriptor that this takes over.
  Physical(int device, std::uint64_t bytes, int descriptor);
  ~Physical();
};

/// The memory behind a descriptor that this stand-in, here or in another process, exported; null if it is
/// none.
std::shared_ptr<Physical> import_physical(int descriptor);

/// A run of device addresses that can be used.
struct Mapping {
  std::uint64_t bytes;
  std::shared_ptr<Physical> physical;
  int access;
  /// Whether it was made by cuMemAlloc.
  bool plain;
};

struct Event;

struct Work {
  /// The device addresses that it is known to touch.
  CUdeviceptr pointer;
  std::uint64_t bytes;
  std::function<CUresult()> run;
};

/// Work is done when somebody waits for it, as late as a real device might: what is reused too early shows.
struct Stream {
  int device;
  std::deque<Work> work;
};

struct Event {
  Stream* stream = nullptr;
  /// How much work of the stream is still before the event.
  std::size_t before = 0;
};

struct Fault {
  std::string function;
  std::uint64_t nth;
  CUresult result;
  bool lost;
};

struct Machine {
  std::mutex mutex;
  bool initialised = false;
  std::map<CUmemGenericAllocationHandle, std::shared_ptr<Physical>> handles;
  std::map<CUdeviceptr, std::uint64_t> reservations;
  std::map<CUdeviceptr, Mapping> mappings;
  std::map<void*, std::uint64_t> host;
  std::map<Stream*, std::unique_ptr<Stream>> streams;
  std::map<Event*, std::unique_ptr<Event>> events;
  std::set<int*> modules;
  /// Contexts by their device: how often each is retained.
  std::map<int, std::uint64_t> contexts;
  std::map<int, std::uint64_t> used_bytes;
  std::map<int, CUresult> lost;
  std::list<Fault> faults;
  std::vector<const char*> calls;
  std::uint64_t violations = 0;
  CUmemGenericAllocationHandle next_handle = 1;

  static Machine& get();

  int device_count() const;
  std::uint64_t total_bytes() const;
  std::uint64_t free_bytes(int device);

  /// Counts a call; the result that a fault or a lost device gives it, else CUDA_SUCCESS.
  CUresult enter(const char* function);

  /// Whether the device's addresses are mapped with that access, whole.
  bool accessible(CUdeviceptr pointer, std::uint64_t bytes, int access) const;
  bool is_pinned(const void* pointer, std::uint64_t bytes) const;

  /// Does a stream's first `count` pieces of work.
  CUresult run(Stream& stream, std::size_t count);
  CUresult run_all(int device);
  /// Whether no work is about to touch a mapping; where some is, that is a violation.
  bool idle(CUdeviceptr pointer, std::uint64_t bytes);
};

/// The device whose context is current on this thread; -1 if none.
extern thread_local int current_device;

}  // namespace vram::stand_in
