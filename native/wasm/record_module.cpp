// The second WebAssembly module of seal-crypto: the log's record lines, scanned and hashed many in one call.
// JavaScript writes a batch of bytes into `input` once, calls, and reads the tables where they lie. Fixed
// memory.
#include "hash/bytes.h"
#include "vram/records.h"

using namespace vram;

namespace {

constexpr size_t BATCH_BYTES = 4 * 1024 * 1024;
constexpr size_t MAX_RECORDS = 16384;

alignas(16) uint8_t input_bytes[BATCH_BYTES];
alignas(16) vram_record records[MAX_RECORDS];
/// Leaf hashes and MACs, or the nodes of a level and their parents: in either case both are needed at once.
alignas(16) uint8_t hashes[2][MAX_RECORDS * VRAM_DIGEST_BYTES];
alignas(16) uint8_t key_bytes[VRAM_DIGEST_BYTES];
size_t input_size, record_count, consumed_bytes;

}  // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

EXPORT(input) uint8_t* input() {
  return input_bytes;
}
EXPORT(inputBytes) size_t input_capacity() {
  return sizeof input_bytes;
}
EXPORT(records) vram_record* record_table() {
  return records;
}
EXPORT(maxRecords) size_t max_records() {
  return MAX_RECORDS;
}
EXPORT(hashes) uint8_t* hash_table(size_t which) {
  return hashes[which];
}
EXPORT(key) uint8_t* key() {
  return key_bytes;
}
EXPORT(recordCount) size_t count() {
  return record_count;
}
EXPORT(consumedBytes) size_t consumed() {
  return consumed_bytes;
}

/// Scans the first bytes of the input.
EXPORT(scan) vram_status scan(size_t size) {
  input_size = size;
  return vram_records_scan(input_bytes, size, records, MAX_RECORDS, &record_count, &consumed_bytes);
}

/// Leaf hashes of all lines, into the first table.
EXPORT(leafHashes) vram_status leaf_hashes() {
  return vram_record_leaf_hashes(VRAM_BEST, input_bytes, input_size, records, record_count, hashes[0]);
}

/// MACs of some lines under the key, into the second table. Wipes the key.
EXPORT(macs) vram_status macs(size_t first, size_t count) {
  vram_mac_key prepared;
  vram_status status = vram_mac_key_init(&prepared, key_bytes, sizeof key_bytes);
  wipe(key_bytes, sizeof key_bytes);
  if (status == VRAM_OK) {
    status =
        vram_record_macs(VRAM_BEST, &prepared, input_bytes, input_size, records + first, count, hashes[1]);
  }
  vram_mac_key_wipe(&prepared);
  return status;
}

/// The first of some lines that states another hash than the table has from `at` on, counted from `first`.
EXPORT(mismatch) size_t mismatch(vram_stated_hash stated, size_t first, size_t count, const uint8_t* at) {
  size_t found = 0;
  vram_record_mismatch(stated, input_bytes, input_size, records + first, count, at, &found);
  return found;
}

/// Parents of pairs of nodes in the first table, into the second.
EXPORT(merkleLevel) vram_status merkle_level(size_t pairs) {
  return vram_merkle_level(VRAM_BEST, hashes[0], pairs, hashes[1]);
}

/// Overwrites what the module was given and what it made of it.
EXPORT(wipe) void wipe_all() {
  wipe(input_bytes, sizeof input_bytes);
  wipe(records, sizeof records);
  wipe(hashes, sizeof hashes);
  record_count = input_size = consumed_bytes = 0;
}
