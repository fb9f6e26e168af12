#pragma once

#include <napi.h>

namespace vram_addon {

/// openDevice(driver: Driver, index: number): Promise<{ device: Device, facts:
/// object }>
Napi::Value open_device(const Napi::CallbackInfo& info);

/**
 * submit(device: Device, id: number, operation: number, members: object):
 * Promise<object>
 *
 * `id` is the caller's name for the request, for `cancel`. Members, each of
 * which may be absent: `allocation`, `offset`, `length`, `algorithm`, `flags`,
 * `descriptor`, all numbers; `bytes`, a Uint8Array, is what is written, or
 * where a result goes, and is left alone until the promise settles; `external`
 * is what is adopted.
 */
Napi::Value submit(const Napi::CallbackInfo& info);

/// cancel(device: Device, id: number): asks a request to end early.
void cancel(const Napi::CallbackInfo& info);

}  // namespace vram_addon
