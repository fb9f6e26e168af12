// The WebAssembly module of seal-crypto: one hasher, one buffer for input, fixed memory. JavaScript writes into `input`,
// calls, reads `output`; it moves `state` out and in to have several hashers.
#include "hash/chunks.h"
#include "vram/digest.h"

using namespace vram;

namespace {

alignas(16) uint8_t input_bytes[CHUNK_BYTES];
alignas(16) uint8_t output_bytes[HASH_BYTES];
vram_hasher hasher;

}  // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

EXPORT(input) uint8_t* input() { return input_bytes; }
EXPORT(output) uint8_t* output() { return output_bytes; }
EXPORT(state) void* state() { return &hasher; }

EXPORT(stateBytes) size_t state_bytes() { return sizeof hasher; }

EXPORT(begin) vram_status begin(vram_digest_algorithm algorithm) {
  return vram_hasher_init(&hasher, algorithm, VRAM_BEST);
}

EXPORT(update) vram_status update(size_t size) { return vram_hasher_update(&hasher, input_bytes, size, nullptr); }

EXPORT(finish) vram_status finish() { return vram_hasher_finish(&hasher, output_bytes); }

EXPORT(wipe) vram_status wipe_hasher() { return vram_hasher_wipe(&hasher); }

/// The node of the tree over one chunk of an input that is longer than one.
EXPORT(chunkNode) vram_status chunk_node(vram_digest_algorithm algorithm, size_t size, double number) {
  const uint64_t first = static_cast<uint64_t>(number);
  // One more byte after a whole chunk says that it is not the input's last and only one.
  const uint64_t input_size = first * CHUNK_BYTES + size + (size == CHUNK_BYTES ? 1 : 0);
  return vram_chunk_digests(algorithm, VRAM_BEST, input_bytes, size, first, input_size, nullptr, output_bytes);
}
