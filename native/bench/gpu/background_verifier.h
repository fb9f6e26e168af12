// Re-verification in the background, as the library's users have it: through vram/device.h, beside other
// work.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "vram/device.h"

namespace vram_bench {

/// Digests a shard of its own again and again at a rate, on a thread of its own, until it is stopped.
class BackgroundVerifier {
 public:
  BackgroundVerifier(const char* stand_in, std::uint64_t shard_bytes, double bytes_per_second);
  ~BackgroundVerifier();
  BackgroundVerifier(const BackgroundVerifier&) = delete;
  BackgroundVerifier& operator=(const BackgroundVerifier&) = delete;

  /// Ends it, and says how many bytes it digested in a second. 0 if a digest failed.
  double stop();

 private:
  void verify();
  vram_status run(vram_request& request);

  vram_driver* driver_ = nullptr;
  vram_device* device_ = nullptr;
  std::uint64_t allocation_ = 0;
  const std::uint64_t shard_bytes_;
  const double bytes_per_second_;
  std::atomic<bool> stopped_ = false;
  bool failed_ = false;
  std::uint64_t digested_bytes_ = 0;
  double seconds_ = 0;
  std::thread thread_;
};

}  // namespace vram_bench
