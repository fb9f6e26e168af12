// An open device: its primary context, streams, kernels, ring of pinned buffers and allocations.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "device_memory.h"
#include "digester.h"
#include "loads.h"
#include "pinned_ring.h"

namespace vram::cuda {

/// The device's primary context, current on the thread that made this.
class PrimaryContext {
 public:
  PrimaryContext(const Driver& driver, CUdevice device);
  ~PrimaryContext();
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;

  /// After a failure calling again goes on where it was.
  void close();

 private:
  const Driver& driver_;
  const CUdevice device_;
  bool retained_ = false;
};

class Stream {
 public:
  enum class Priority { NORMAL, LOWEST };

  Stream(const Driver& driver, Priority priority);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  CUstream get() const { return stream_; }
  void close();

 private:
  const Driver& driver_;
  CUstream stream_ = nullptr;
};

/// Everything that a device does for its requests. Lives on the device's thread; every member throws a
/// Failure.
class Session {
 public:
  /// @param queue where loads that are under way come back
  Session(const Driver& driver, std::uint32_t index, RequestQueue& queue);

  /// Carries out one request, whose results it fills in.
  void carry_out(vram_request& request);

  /// Carries out VRAM_DIGEST requests of one tree and with the same flags together, and says in each how it
  /// ended.
  void digest(std::span<vram_request* const> requests);

  /// Begins a VRAM_LOAD request, or goes on with it. Returns whether it is done; else it comes back in the
  /// queue.
  bool load(vram_request& request);

  /// Forgets a load that is done or has failed.
  void end_load(const vram_request& request) { loads_.end(request); }

  /// Overwrites what the ring holds of models. Called when nobody is waiting.
  void wipe_ring() { ring_.wipe(); }
  bool ring_dirty() const { return ring_.dirty(); }

  /// Frees what is left and gives the device back. After a failure calling again goes on where it was.
  void close();

 private:
  void memory(vram_request& request);
  void allocate(vram_request& request);
  void adopt(vram_request& request);
  void export_memory(vram_request& request);
  void write(const vram_request& request);
  void read(const vram_request& request);
  void chunk_digests(vram_request& request);
  void protect(vram_request& request);
  void zero(vram_request& request);
  void free(const vram_request& request);

  void release_all();
  /// Takes memory over for a request, and tells it what that is.
  void hold(vram_request& request, std::unique_ptr<DeviceMemory> memory);

  /// @throws Failure VRAM_ALLOCATION_FREED
  DeviceMemory& held(const vram_request& request);
  /// The memory that a request is on, if its range lies inside.
  DeviceMemory& ranged(const vram_request& request);
  /// The same, if it takes writes. @throws Failure VRAM_READ_ONLY, VRAM_NOT_OWNED
  DeviceMemory& writable(const vram_request& request);
  DigestJob job(const vram_request& request);
  /// The stream that a digest runs on, on which what was written before has arrived.
  CUstream digest_stream(bool background);
  /// Waits for everything that was started.
  void settle();
  /// The same before memory is given back, for which a lost device is no obstacle.
  void settle_for_release();

  const Driver& driver_;
  const CUdevice device_;
  PrimaryContext context_;
  Stream stream_;
  Stream background_;
  Digester digester_;
  PinnedRing ring_;
  Loads loads_;
  std::map<std::uint64_t, std::unique_ptr<DeviceMemory>> allocations_;
  std::uint64_t last_allocation_ = 0;
};

}  // namespace vram::cuda
