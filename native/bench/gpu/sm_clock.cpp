#include "sm_clock.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>

namespace vram_bench {

using namespace vram::cuda;

namespace {

constexpr int NVML_CLOCK_SM = 1;
constexpr auto PERIOD = std::chrono::milliseconds(5);

}  // namespace

SmClock::SmClock(const Driver& driver, const char* stand_in, const char* uuid) {
  // The driver has loaded it already; the library itself never asks for clocks.
  void* library = dlopen(stand_in == nullptr ? "libnvidia-ml.so.1" : stand_in, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr || driver.nvml.deviceByUuid == nullptr) return;
  if (driver.nvml.deviceByUuid(uuid, &device_) != NVML_SUCCESS) return;
  clock_info_ = reinterpret_cast<decltype(clock_info_)>(dlsym(library, "nvmlDeviceGetClockInfo"));
  if (clock_info_ != nullptr) thread_ = std::thread([this] { sample(); });
}

void SmClock::sample() {
  while (!stopped_) {
    unsigned mhz = 0;
    if (clock_info_(device_, NVML_CLOCK_SM, &mhz) == NVML_SUCCESS) samples_.push_back(mhz);
    std::this_thread::sleep_for(PERIOD);
  }
}

void SmClock::stop() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
}

unsigned SmClock::median_mhz() {
  stop();
  if (samples_.empty()) return 0;
  const auto middle = samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 2);
  std::nth_element(samples_.begin(), middle, samples_.end());
  return *middle;
}

}  // namespace vram_bench
