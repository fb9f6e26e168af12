#pragma once

#include <napi.h>

namespace vram_addon {

/// digestFile(algorithm: number, descriptor: number, sizeBytes: number, control: Int32Array):
///   Promise<{ digest: ArrayBuffer } | { errno: number }>
/// Reads by itself and divides the file among threads. `control` are two numbers that both sides may change
/// meanwhile: chunks that are done, and whether the digest was cancelled. `errno` is 0 if the file is
/// shorter.
Napi::Value digest_file(const Napi::CallbackInfo& info);

}  // namespace vram_addon
