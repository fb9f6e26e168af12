// The whole life of a shard over the stand-in driver, and the same with each of the driver's calls failing in
// turn; small, so that it can run under a tool that finds leaks: cycle_test STAND_IN [--leak].
//
// With --leak it loses memory on purpose, by which such a tool is shown to find it.
#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <future>

#include "../../src/cuda/driver_api.h"
#include "check.h"
#include "stand-in/control.h"
#include "vram/device.h"

namespace {

constexpr std::array<std::uint8_t, 5000> MODEL{1, 2, 3};

vram_status run(vram_device* device, vram_request request) {
  std::promise<void> ended;
  request.context = &ended;
  request.done = [](vram_request* done) { static_cast<std::promise<void>*>(done->context)->set_value(); };
  vram_device_submit(device, &request);
  ended.get_future().wait();
  return request.status;
}

/// The first failure on the way, if any; whatever fails, everything is given back.
vram_status cycle(const char* stand_in) {
  vram_driver* driver = nullptr;
  vram_status first = vram_driver_open(stand_in, &driver, nullptr);
  if (first != VRAM_OK) return first;
  vram_device* device = nullptr;
  vram_device_facts facts{};
  first = vram_device_open(driver, 0, &device, &facts, nullptr);
  if (first == VRAM_OK) {
    std::array<std::uint8_t, VRAM_DIGEST_BYTES> digest{};
    // Allocations are numbered from 1.
    const auto step = [&](vram_operation operation) {
      vram_request request{};
      request.operation = operation;
      request.allocation = 1;
      request.length = operation == VRAM_MEMORY ? 0 : MODEL.size();
      request.source = MODEL.data();
      request.target = digest.data();
      const vram_status status = run(device, request);
      if (first == VRAM_OK) first = status;
    };
    for (const auto operation : {VRAM_MEMORY, VRAM_ALLOCATE, VRAM_WRITE, VRAM_DIGEST, VRAM_PROTECT,
                                 VRAM_DIGEST, VRAM_ZERO, VRAM_FREE, VRAM_CLOSE}) {
      step(operation);
    }
    vram_device_destroy(device);
  }
  vram_driver_close(driver);
  return first;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return 2;
  auto* restore = reinterpret_cast<decltype(stand_in_restore)*>(dlsym(library, "stand_in_restore"));
  auto* calls = reinterpret_cast<decltype(stand_in_calls)*>(dlsym(library, "stand_in_calls"));
  auto* fail = reinterpret_cast<decltype(stand_in_fail)*>(dlsym(library, "stand_in_fail"));

  CHECK(cycle(arguments[1]) == VRAM_OK);
  const std::uint64_t made = calls();
  CHECK(made > 30);
  std::uint64_t failures = 0;
  for (std::uint64_t nth = 1; nth <= made; nth++) {
    restore();
    fail("", nth, vram::cuda::CUDA_ERROR_UNKNOWN, 0);
    if (cycle(arguments[1]) != VRAM_OK) failures++;
  }
  CHECK(failures > 20);
  restore();
  CHECK(cycle(arguments[1]) == VRAM_OK);
  if (count > 2 && std::strcmp(arguments[2], "--leak") == 0) {
    auto* volatile lost = static_cast<char*>(std::malloc(4321));
    lost[0] = 1;
    lost = nullptr;
  }
  return vram_test::failures == 0 ? 0 : 1;
}
