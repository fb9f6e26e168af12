// The C functions of vram/messages.h over the drivers.
#include "vram/messages.h"

#include "cpu/select.h"
#include "hash/bytes.h"
#include "hash/sha256_batch.h"
#include "hash/sha256_constants.h"
#include "hash/sha256_stream.h"

namespace vram {

namespace {

static_assert(sizeof(Slice) == sizeof(vram_slice));

bool fit(const vram_slice* slices, size_t count, size_t size) {
  for (size_t i = 0; i < count; i++) {
    if (slices[i].offset > size || slices[i].size > size - slices[i].offset) return false;
  }
  return true;
}

vram_status run(vram_instruction_set set, const Sha256Batch& batch) {
  if (set < VRAM_BEST || set > VRAM_SHA_NI) return VRAM_INVALID_ARGUMENT;
  const Sha256Kernel* kernel = select_sha256(set).kernel;
  if (kernel == nullptr) return VRAM_UNSUPPORTED;
  kernel->messages(batch);
  return VRAM_OK;
}

/// Messages in slices, or none at all if an argument is wrong.
bool slice_batch(Sha256Batch& batch, const void* bytes, size_t size, const vram_slice* slices, size_t count,
                 uint8_t* out) {
  if ((bytes == nullptr && size > 0) || (count > 0 && (slices == nullptr || out == nullptr))) return false;
  batch.bytes = static_cast<const uint8_t*>(bytes);
  batch.slices = reinterpret_cast<const Slice*>(slices);
  batch.count = count;
  batch.out = out;
  return fit(slices, count, size);
}

}  // namespace

}  // namespace vram

using namespace vram;

vram_status vram_sha256_messages(vram_instruction_set instruction_set, int prefix, const void* bytes,
                                 size_t size, const vram_slice* slices, size_t count, uint8_t* digests) {
  Sha256Batch batch = {};
  if (prefix < VRAM_NO_PREFIX || prefix > int{UINT8_MAX} ||
      !slice_batch(batch, bytes, size, slices, count, digests)) {
    return VRAM_INVALID_ARGUMENT;
  }
  batch.has_prefix = prefix != VRAM_NO_PREFIX;
  batch.prefix = static_cast<uint8_t>(prefix);
  batch.inner = SHA256_IV;
  return run(instruction_set, batch);
}

vram_status vram_mac_key_init(vram_mac_key* prepared, const void* key, size_t key_size) {
  if (prepared == nullptr || (key == nullptr && key_size > 0)) return VRAM_INVALID_ARGUMENT;
  const Sha256Kernel& kernel = *select_sha256(VRAM_BEST).kernel;
  uint8_t block[SHA256_BLOCK_BYTES] = {};
  if (key_size > SHA256_BLOCK_BYTES) {
    Sha256Stream stream;
    stream.begin(kernel);
    stream.update(static_cast<const uint8_t*>(key), key_size);
    stream.finish(block);
    wipe(&stream, sizeof stream);
  } else if (key_size > 0) {
    memcpy(block, key, key_size);
  }
  constexpr uint8_t INNER = 0x36, OUTER = 0x5c;
  for (uint8_t& byte : block) byte ^= INNER;
  memcpy(prepared->inner, SHA256_IV, sizeof prepared->inner);
  kernel.compress(prepared->inner, block, 1);
  for (uint8_t& byte : block) byte ^= INNER ^ OUTER;
  memcpy(prepared->outer, SHA256_IV, sizeof prepared->outer);
  kernel.compress(prepared->outer, block, 1);
  wipe(block, sizeof block);
  return VRAM_OK;
}

vram_status vram_mac_key_wipe(vram_mac_key* prepared) {
  if (prepared == nullptr) return VRAM_INVALID_ARGUMENT;
  wipe(prepared, sizeof *prepared);
  return VRAM_OK;
}

vram_status vram_hmac_sha256_messages(vram_instruction_set instruction_set, const vram_mac_key* key,
                                      const void* bytes, size_t size, const vram_slice* slices, size_t count,
                                      uint8_t* macs) {
  Sha256Batch batch = {};
  if (key == nullptr || !slice_batch(batch, bytes, size, slices, count, macs)) return VRAM_INVALID_ARGUMENT;
  batch.inner = key->inner;
  batch.inner_bytes = SHA256_BLOCK_BYTES;
  batch.outer = key->outer;
  return run(instruction_set, batch);
}

vram_status vram_merkle_level(vram_instruction_set instruction_set, const uint8_t* nodes, size_t pairs,
                              uint8_t* parents) {
  if (pairs > 0 && (nodes == nullptr || parents == nullptr)) return VRAM_INVALID_ARGUMENT;
  Sha256Batch batch = {};
  batch.bytes = nodes;
  batch.each_bytes = 2 * HASH_BYTES;
  batch.count = pairs;
  batch.has_prefix = true;
  batch.prefix = 1;
  batch.inner = SHA256_IV;
  batch.out = parents;
  return run(instruction_set, batch);
}
