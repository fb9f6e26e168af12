// The clock of a device's multiprocessors while something runs.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "../../src/cuda/driver.h"

namespace vram_bench {

/// Samples the clock on a thread of its own until it is stopped.
class SmClock {
 public:
  SmClock(const vram::cuda::Driver& driver, const char* stand_in, const char* uuid);
  ~SmClock() { stop(); }
  SmClock(const SmClock&) = delete;
  SmClock& operator=(const SmClock&) = delete;

  /// The median in MHz; 0 where NVML does not tell.
  unsigned median_mhz();

 private:
  void sample();
  void stop();

  vram::cuda::nvmlReturn_t (*clock_info_)(vram::cuda::nvmlDevice_t, int type, unsigned* mhz) = nullptr;
  vram::cuda::nvmlDevice_t device_ = nullptr;
  std::atomic<bool> stopped_ = false;
  std::vector<unsigned> samples_;
  std::thread thread_;
};

}  // namespace vram_bench
