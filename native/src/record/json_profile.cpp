#include "json_profile.h"

#include "characters.h"
#include "json_string.h"

namespace vram {

namespace {

constexpr int MAX_DEPTH = 4;
constexpr size_t MAX_NAME_BYTES = 64;
constexpr uint64_t MAX_INTEGER = (uint64_t{1} << 53) - 1;

bool take_array(Cursor& cursor, MemberNames& names, int depth) {
  cursor.advance(1);
  if (cursor.take(']')) return true;
  do {
    if (!take_value(cursor, names, depth)) return false;
  } while (cursor.take(','));
  return cursor.take(']');
}

bool take_object(Cursor& cursor, MemberNames& names, int depth) {
  cursor.advance(1);
  if (cursor.take('}')) return true;
  const size_t first = names.count();
  do {
    Name name;
    if (!cursor.take('"') || !take_name(cursor, name) || !cursor.take("\":") || !names.add(first, name) ||
        !take_value(cursor, names, depth)) {
      return false;
    }
  } while (cursor.take(','));
  return cursor.take('}') && names.all_differ(first);
}

}  // namespace

bool take_name(Cursor& cursor, Name& name) {
  const uint8_t* text = cursor.at();
  const size_t rest = cursor.rest();
  if (rest == 0 || !is_lower(text[0])) return false;
  size_t size = 1;
  while (size < rest && is_name_character(text[size])) size++;
  if (size > MAX_NAME_BYTES) return false;
  name = {static_cast<uint16_t>(cursor.offset()), static_cast<uint16_t>(size)};
  cursor.advance(size);
  return true;
}

bool take_integer(Cursor& cursor, bool& negative, uint64_t& value) {
  negative = cursor.take('-');
  if (!is_digit(cursor.peek())) return false;
  value = 0;
  if (cursor.take('0')) return !negative;
  while (is_digit(cursor.peek())) {
    value = value * 10 + (cursor.peek() - uint64_t{'0'});
    if (value > MAX_INTEGER) return false;
    cursor.advance(1);
  }
  return true;
}

bool take_value(Cursor& cursor, MemberNames& names, int depth) {
  switch (cursor.peek()) {
    case '"':
      return take_json_string(cursor);
    case '{':
      return depth < MAX_DEPTH && take_object(cursor, names, depth + 1);
    case '[':
      return depth < MAX_DEPTH && take_array(cursor, names, depth + 1);
    case 't':
      return cursor.take("true");
    case 'f':
      return cursor.take("false");
    case 'n':
      return cursor.take("null");
    default: {
      bool negative;
      uint64_t value;
      return take_integer(cursor, negative, value);
    }
  }
}

}  // namespace vram
