// The C interface of vram/device.h.
#include "vram/device.h"

#include <memory>

#include "attempt.h"
#include "device_thread.h"

struct vram_driver {
  vram::cuda::Driver driver;
};

struct vram_device {
  vram::cuda::DeviceThread thread;
};

namespace {

template <class Work>
vram_status told(vram_cause* cause, Work work) noexcept {
  vram_status status = VRAM_OK;
  vram_cause text{};
  vram::cuda::attempt(status, text, work);
  if (cause != nullptr) *cause = text;
  return status;
}

}  // namespace

vram_status vram_driver_open(const char* stand_in, vram_driver** driver, vram_cause* cause) {
  return told(cause, [&] { *driver = new vram_driver{vram::cuda::Driver(stand_in)}; });
}

void vram_driver_close(vram_driver* driver) {
  delete driver;
}

vram_status vram_driver_devices(vram_driver* driver, vram_device_facts* facts, uint32_t capacity,
                                uint32_t* count, vram_cause* cause) {
  return told(cause, [&] {
    *count = static_cast<uint32_t>(driver->driver.device_count());
    for (uint32_t i = 0; i < *count && i < capacity; i++)
      facts[i] = vram::cuda::observe_device(driver->driver, i);
  });
}

vram_status vram_device_open(vram_driver* driver, uint32_t index, vram_device** device,
                             vram_device_facts* facts, vram_cause* cause) {
  return told(cause,
              [&] { *device = new vram_device{vram::cuda::DeviceThread(driver->driver, index, *facts)}; });
}

void vram_device_submit(vram_device* device, vram_request* request) {
  device->thread.submit(*request);
}

void vram_request_cancel(vram_request* request) {
  __atomic_store_n(&request->cancelled, 1, __ATOMIC_RELAXED);
}

void vram_device_destroy(vram_device* device) {
  delete device;
}
