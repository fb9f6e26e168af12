#pragma once

#include <napi.h>

namespace vram_addon {

/// createHasher(algorithm: number): Hasher
Napi::Value create_hasher(const Napi::CallbackInfo& info);

/// updateHasher(hasher: Hasher, bytes: Uint8Array): void
void update_hasher(const Napi::CallbackInfo& info);

/// finishHasher(hasher: Hasher, digest: Uint8Array): void
void finish_hasher(const Napi::CallbackInfo& info);

/// wipeHasher(hasher: Hasher): void
void wipe_hasher(const Napi::CallbackInfo& info);

/// chunkNodes(algorithm: number, bytes: Uint8Array, firstChunk: number, nodes: Uint8Array): void
/// The bytes are those of an input that is longer than one chunk.
void chunk_nodes(const Napi::CallbackInfo& info);

}  // namespace vram_addon
