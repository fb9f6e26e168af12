#pragma once

#include <napi.h>

namespace vram_addon {

/// openDevice(driver: Driver, index: number): Promise<{ device: Device, facts: object }>
Napi::Value open_device(const Napi::CallbackInfo& info);

/**
 * submit(device: Device, id: number, operation: number, allocation: number, offset: number, length: number,
 *        algorithm: number, bytes: Uint8Array | undefined): Promise<object>
 *
 * `id` is the caller's name for the request, for `cancel`. `bytes` is what is written, or where a result
 * goes; it is left alone until the promise settles.
 */
Napi::Value submit(const Napi::CallbackInfo& info);

/// cancel(device: Device, id: number): asks a request to end early.
void cancel(const Napi::CallbackInfo& info);

}  // namespace vram_addon
