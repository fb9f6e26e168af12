// The C functions of vram/records.h: the envelope of a record around the values of the JSON profile.
#include "vram/records.h"

#include "record/characters.h"
#include "record/json_profile.h"
#include "record/timestamp.h"

namespace vram {

namespace {

constexpr size_t HASH_DIGITS = 64;

/// Takes 64 lower-case hex digits; `offset` is where they lie.
bool take_hash(Cursor& cursor, uint32_t& offset) {
  if (cursor.rest() < HASH_DIGITS) return false;
  unsigned all = 1;
  for (size_t i = 0; i < HASH_DIGITS; i++) all &= is_lower_hex(cursor.at()[i]) ? 1U : 0U;
  offset = static_cast<uint32_t>(cursor.offset());
  cursor.advance(HASH_DIGITS);
  return all != 0;
}

/// Takes a number that is not negative.
bool take_count(Cursor& cursor, uint64_t& value) {
  bool negative;
  return take_integer(cursor, negative, value) && !negative;
}

bool take_timestamp(Cursor& cursor, uint32_t& offset) {
  if (cursor.rest() < VRAM_TIMESTAMP_BYTES || !is_timestamp(cursor.at())) return false;
  offset = static_cast<uint32_t>(cursor.offset());
  cursor.advance(VRAM_TIMESTAMP_BYTES);
  return true;
}

bool take_severity(Cursor& cursor, uint32_t& severity) {
  severity = cursor.peek() == 'I' ? VRAM_INFO : cursor.peek() == 'W' ? VRAM_WARNING : VRAM_CRITICAL;
  return cursor.take("INFO") || cursor.take("WARNING") || cursor.take("CRITICAL");
}

bool take_worker_id(Cursor& cursor, vram_slice& slice) {
  constexpr size_t MOST = 128;
  const size_t offset = cursor.offset();
  while (is_worker_id_character(cursor.peek())) cursor.advance(1);
  const size_t size = cursor.offset() - offset;
  slice = {static_cast<uint32_t>(offset), static_cast<uint32_t>(size)};
  return size >= 1 && size <= MOST;
}

/// Takes the members before the event's own.
bool take_head(Cursor& cursor, vram_record& record) {
  Name event_type;
  if (!cursor.take("{\"seq\":") || !take_count(cursor, record.seq) || !cursor.take(",\"timestamp\":\"") ||
      !take_timestamp(cursor, record.timestamp) || !cursor.take("\",\"event_type\":\"") ||
      !take_name(cursor, event_type) || !cursor.take("\",\"severity\":\"") ||
      !take_severity(cursor, record.severity) || !cursor.take("\",\"worker_id\":\"") ||
      !take_worker_id(cursor, record.worker_id) || !cursor.take('"')) {
    return false;
  }
  record.event_type = {event_type.offset, event_type.size};
  return true;
}

/// Takes what follows `,"epoch` up to the end of the line.
bool take_tail(Cursor& cursor, vram_record& record) {
  return cursor.take("\":") && take_count(cursor, record.epoch) && cursor.take(",\"prev\":\"") &&
         take_hash(cursor, record.prev) && cursor.take("\",\"mac\":\"") && take_hash(cursor, record.mac) &&
         cursor.take("\"}") && cursor.rest() == 0 && record.epoch <= record.seq;
}

template <size_t N>
bool is(const Cursor& cursor, Name name, const char (&text)[N]) {
  return name.size == N - 1 && memcmp(cursor.line() + name.offset, text, N - 1) == 0;
}

/// Whether a name belongs to the envelope; `epoch` ends the event's own members and is asked for before.
bool is_envelope_name(const Cursor& cursor, Name name) {
  return is(cursor, name, "seq") || is(cursor, name, "timestamp") || is(cursor, name, "event_type") ||
         is(cursor, name, "severity") || is(cursor, name, "worker_id") || is(cursor, name, "prev") ||
         is(cursor, name, "mac");
}

bool take_record(Cursor& cursor, vram_record& record) {
  if (!take_head(cursor, record)) return false;
  MemberNames names(cursor.line());
  for (;;) {
    Name name;
    if (!cursor.take(",\"") || !take_name(cursor, name)) return false;
    if (is(cursor, name, "epoch")) break;
    if (is_envelope_name(cursor, name) || !names.add(0, name) || !cursor.take("\":") ||
        !take_value(cursor, names, 1)) {
      return false;
    }
  }
  return names.all_differ(0) && take_tail(cursor, record);
}

/// Scans one line that begins `base` bytes into what was given.
void scan(const uint8_t* line, size_t size, size_t base, vram_record& record) {
  record = {};
  record.line = {static_cast<uint32_t>(base), static_cast<uint32_t>(size)};
  Cursor cursor(line, size);
  if (size > VRAM_MAX_RECORD_BYTES || !take_record(cursor, record)) {
    record = {};
    record.line = {static_cast<uint32_t>(base), static_cast<uint32_t>(size)};
    record.status = VRAM_MALFORMED_RECORD;
    return;
  }
  const auto shift = static_cast<uint32_t>(base);
  record.event_type.offset += shift;
  record.worker_id.offset += shift;
  record.timestamp += shift;
  record.prev += shift;
  record.mac += shift;
}

}  // namespace

}  // namespace vram

using namespace vram;

vram_status vram_record_scan(const void* line, size_t size, vram_record* record) {
  if (line == nullptr || record == nullptr || size > UINT32_MAX) return VRAM_INVALID_ARGUMENT;
  scan(static_cast<const uint8_t*>(line), size, 0, *record);
  return static_cast<vram_status>(record->status);
}

vram_status vram_records_scan(const void* bytes, size_t size, vram_record* records, size_t capacity,
                              size_t* count, size_t* consumed) {
  if ((bytes == nullptr && size > 0) || (records == nullptr && capacity > 0) || count == nullptr ||
      consumed == nullptr || size > UINT32_MAX) {
    return VRAM_INVALID_ARGUMENT;
  }
  const uint8_t* start = static_cast<const uint8_t*>(bytes);
  size_t done = 0, found = 0;
  while (found < capacity && done < size) {
    const void* feed = memchr(start + done, '\n', size - done);
    if (feed == nullptr) break;
    const auto line_size = static_cast<size_t>(static_cast<const uint8_t*>(feed) - (start + done));
    scan(start + done, line_size, done, records[found++]);
    done += line_size + 1;
  }
  *count = found;
  *consumed = done;
  return VRAM_OK;
}
