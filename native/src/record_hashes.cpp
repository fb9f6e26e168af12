// The C functions of vram/records.h that hash scanned lines, many in one call.
#include "hash/bytes.h"
#include "vram/records.h"

namespace vram {

namespace {

/// So many slices at a time lie on the stack: enough for every lane and stream.
constexpr size_t AT_ONCE = 256;

vram_slice line_of(const vram_record& record) {
  return record.line;
}

/// What the MAC covers; nothing for a line that is no record.
vram_slice body_of(const vram_record& record) {
  const bool has_body = record.status == VRAM_OK && record.line.size >= VRAM_MAC_SUFFIX_BYTES;
  return {record.line.offset, has_body ? record.line.size - VRAM_MAC_SUFFIX_BYTES : 0};
}

/// Calls `hash(slices, count, out)` for some records at a time.
template <class Hash>
vram_status hash_records(const vram_record* records, size_t count, vram_slice (*slice_of)(const vram_record&),
                         uint8_t* out, Hash hash) {
  if (count > 0 && (records == nullptr || out == nullptr)) return VRAM_INVALID_ARGUMENT;
  vram_slice slices[AT_ONCE];
  for (size_t done = 0; done < count;) {
    const size_t some = smaller(AT_ONCE, count - done);
    for (size_t i = 0; i < some; i++) slices[i] = slice_of(records[done + i]);
    const vram_status status = hash(slices, some, out + done * VRAM_DIGEST_BYTES);
    if (status != VRAM_OK) return status;
    done += some;
  }
  return VRAM_OK;
}

bool states(const uint8_t* hex, const uint8_t* hash) {
  constexpr char DIGITS[] = "0123456789abcdef";
  unsigned difference = 0;
  for (size_t i = 0; i < VRAM_DIGEST_BYTES; i++) {
    difference |= static_cast<unsigned>(hex[2 * i] ^ DIGITS[hash[i] >> 4]) |
                  static_cast<unsigned>(hex[2 * i + 1] ^ DIGITS[hash[i] & 15]);
  }
  return difference == 0;
}

}  // namespace

}  // namespace vram

using namespace vram;

vram_status vram_record_leaf_hashes(vram_instruction_set instruction_set, const void* bytes, size_t size,
                                    const vram_record* records, size_t count, uint8_t* hashes) {
  const auto hash = [&](const vram_slice* slices, size_t some, uint8_t* out) {
    return vram_sha256_messages(instruction_set, 0, bytes, size, slices, some, out);
  };
  return hash_records(records, count, line_of, hashes, hash);
}

vram_status vram_record_macs(vram_instruction_set instruction_set, const vram_mac_key* key, const void* bytes,
                             size_t size, const vram_record* records, size_t count, uint8_t* macs) {
  const auto hash = [&](const vram_slice* slices, size_t some, uint8_t* out) {
    return vram_hmac_sha256_messages(instruction_set, key, bytes, size, slices, some, out);
  };
  return hash_records(records, count, body_of, macs, hash);
}

vram_status vram_record_mismatch(vram_stated_hash stated, const void* bytes, size_t size,
                                 const vram_record* records, size_t count, const uint8_t* hashes,
                                 size_t* mismatch) {
  constexpr size_t HEX_DIGITS = 2 * VRAM_DIGEST_BYTES;
  if ((stated != VRAM_PREV && stated != VRAM_MAC) || (bytes == nullptr && size > 0) || mismatch == nullptr ||
      (count > 0 && (records == nullptr || hashes == nullptr))) {
    return VRAM_INVALID_ARGUMENT;
  }
  const uint8_t* text = static_cast<const uint8_t*>(bytes);
  size_t i = 0;
  for (; i < count && records[i].status == VRAM_OK; i++) {
    const size_t offset = stated == VRAM_PREV ? records[i].prev : records[i].mac;
    if (offset > size || size - offset < HEX_DIGITS) return VRAM_INVALID_ARGUMENT;
    if (!states(text + offset, hashes + i * VRAM_DIGEST_BYTES)) break;
  }
  *mismatch = i;
  return VRAM_OK;
}
