#pragma once

#include <napi.h>

namespace vram_addon {

// The functions of vram/records.h over memory of JavaScript. `words` are those of vram_record, 16 for each
// line.

/// scanRecords(bytes: Uint8Array, words: Uint32Array): { count: number, consumedBytes: number }
Napi::Value scan_records(const Napi::CallbackInfo& info);

/// leafHashes(bytes: Uint8Array, words: Uint32Array, hashes: Uint8Array): void
void leaf_hashes(const Napi::CallbackInfo& info);

/// recordMacs(bytes: Uint8Array, words: Uint32Array, key: Uint8Array, macs: Uint8Array): void
void record_macs(const Napi::CallbackInfo& info);

/// recordMismatch(stated: number, bytes: Uint8Array, words: Uint32Array, hashes: Uint8Array): number
Napi::Value record_mismatch(const Napi::CallbackInfo& info);

/// merkleLevel(nodes: Uint8Array, parents: Uint8Array): void
void merkle_level(const Napi::CallbackInfo& info);

}  // namespace vram_addon
