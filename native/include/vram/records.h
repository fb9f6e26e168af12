/*
 * The shape of the audit log's records (docs/audit-log-format.md, section 2), checked on the bytes of the line: no
 * value is built and no memory taken. A line passes exactly if JSON.parse, JSON.stringify and the rules of that
 * section say so.
 */
#ifndef VRAM_RECORDS_H
#define VRAM_RECORDS_H

#include "vram/messages.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest line in bytes, without its LF. */
#define VRAM_MAX_RECORD_BYTES 65535
/** Bytes of `,"mac":"<64 hex>"}`: what the MAC covers is everything before it. */
#define VRAM_MAC_SUFFIX_BYTES 74
/** Length of a timestamp in bytes. */
#define VRAM_TIMESTAMP_BYTES 27

typedef enum vram_severity { VRAM_INFO = 0, VRAM_WARNING = 1, VRAM_CRITICAL = 2 } vram_severity;

/** Where a record's members lie, as offsets into the bytes that were scanned, without quotes. */
typedef struct vram_record {
  uint64_t seq;
  uint64_t epoch;
  /** The whole line, without its LF. */
  vram_slice line;
  vram_slice event_type;
  vram_slice worker_id;
  /** VRAM_TIMESTAMP_BYTES from here. */
  uint32_t timestamp;
  /** 64 hex digits from here. */
  uint32_t prev;
  /** 64 hex digits from here. */
  uint32_t mac;
  /** A vram_severity. */
  uint32_t severity;
  /** VRAM_OK, or VRAM_MALFORMED_RECORD: then only `line` says anything. */
  uint32_t status;
  uint32_t reserved;
} vram_record;

/** Checks one line, without its LF: VRAM_OK or VRAM_MALFORMED_RECORD. */
vram_status vram_record_scan(const void *line, size_t size, vram_record *record);

/**
 * Checks the lines of `bytes` (fewer than 2^32) that end in LF, at most `capacity` of them. `count` says how many there
 * were, well-formed or not, and `consumed` how many bytes they have with their LFs. What follows is the beginning of
 * the next line, or lines for which there was no room.
 */
vram_status vram_records_scan(const void *bytes, size_t size, vram_record *records, size_t capacity, size_t *count,
                              size_t *consumed);

/**
 * Writes the leaf hash of each of some scanned lines, VRAM_DIGEST_BYTES each: SHA-256 of 0x00 and the line (RFC 6962).
 * `bytes` are those that were scanned. VRAM_INVALID_ARGUMENT if a record leaves them.
 */
vram_status vram_record_leaf_hashes(vram_instruction_set instruction_set, const void *bytes, size_t size,
                                    const vram_record *records, size_t count, uint8_t *hashes);

/**
 * Writes HMAC-SHA256 of the body of each of some scanned lines, as vram_record_leaf_hashes does. What it writes for a line
 * that is no record says nothing.
 */
vram_status vram_record_macs(vram_instruction_set instruction_set, const vram_mac_key *key, const void *bytes,
                             size_t size, const vram_record *records, size_t count, uint8_t *macs);

/** A hash that a record states in hex. */
typedef enum vram_stated_hash { VRAM_PREV = 0, VRAM_MAC = 1 } vram_stated_hash;

/**
 * Compares what some records state with hashes, VRAM_DIGEST_BYTES each. `mismatch` is the index of the first record
 * that states another hash, or is none; `count` if there is none.
 */
vram_status vram_record_mismatch(vram_stated_hash stated, const void *bytes, size_t size,
                                 const vram_record *records, size_t count, const uint8_t *hashes, size_t *mismatch);

#ifdef __cplusplus
}
#endif

#endif
