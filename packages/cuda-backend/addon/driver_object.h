#pragma once

#include <napi.h>

#include <memory>

#include "vram/device.h"

namespace vram_addon {

/// A driver that lives as long as an object of JavaScript or a device needs it.
using SharedDriver = std::shared_ptr<vram_driver>;

/// openDriver(standIn: string | null): Promise<Driver>
Napi::Value open_driver(const Napi::CallbackInfo& info);

/// devices(driver: Driver): Promise<object[]>
Napi::Value devices(const Napi::CallbackInfo& info);

/// The driver of an object that `openDriver` gave. Throws a TypeError for any other.
SharedDriver driver_of(Napi::Value value);

}  // namespace vram_addon
