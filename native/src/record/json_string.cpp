#include "json_string.h"

#include "characters.h"

namespace vram {

namespace {

/// How many of the next bytes are plain: neither a quote, a backslash, a control character nor part of a
/// longer sequence of UTF-8. Eight at a time.
size_t plain_bytes(const uint8_t* bytes, size_t size) {
  constexpr uint64_t EACH = 0x0101010101010101;
  size_t done = 0;
  for (; size - done >= 8; done += 8) {
    uint64_t word;
    memcpy(&word, bytes + done, 8);
    // A byte's high bit is set by each of: what is at least 0x80, a quote, a backslash, what is below a
    // space. A borrow reaches later bytes only, so that the first marked byte is always right.
    const uint64_t marked =
        (word | ((word ^ EACH * '"') - EACH) | ((word ^ EACH * '\\') - EACH) | (word - EACH * ' ')) &
        EACH * 0x80;
    if (marked != 0) return done + static_cast<size_t>(__builtin_ctzll(marked)) / 8;
  }
  for (; done < size; done++) {
    const uint8_t byte = bytes[done];
    if (byte >= 0x80 || byte == '"' || byte == '\\' || byte < ' ') break;
  }
  return done;
}

/// Takes what follows a backslash.
bool take_escape(Cursor& cursor) {
  switch (cursor.peek()) {
    case '"':
    case '\\':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      cursor.advance(1);
      return true;
    default:
      break;
  }
  if (!cursor.take("u00") || cursor.rest() < 2) return false;
  const uint8_t high = cursor.at()[0], low = cursor.at()[1];
  if (high != '0' && high != '1') return false;
  if (!is_lower_hex(low)) return false;
  // Those five have a shorter form.
  if (high == '0' && (low == '8' || low == '9' || low == 'a' || low == 'c' || low == 'd')) return false;
  cursor.advance(2);
  return true;
}

constexpr bool is_continuation(uint8_t byte) {
  return (byte & 0xc0) == 0x80;
}

/// Takes one character of two to four bytes (Unicode, table 3-7).
bool take_multibyte(Cursor& cursor) {
  const uint8_t* bytes = cursor.at();
  const size_t rest = cursor.rest();
  const uint8_t first = bytes[0];
  if (first < 0xc2 || first > 0xf4 || rest < 2) return false;
  const uint8_t second = bytes[1];
  if (first < 0xe0) {
    if (!is_continuation(second)) return false;
    cursor.advance(2);
    return true;
  }
  // The second byte rules out overlong forms, surrogates and what is beyond U+10FFFF.
  const uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return false;
  const size_t size = first < 0xf0 ? 3 : 4;
  if (rest < size) return false;
  for (size_t i = 2; i < size; i++) {
    if (!is_continuation(bytes[i])) return false;
  }
  cursor.advance(size);
  return true;
}

}  // namespace

bool take_json_string(Cursor& cursor) {
  if (!cursor.take('"')) return false;
  for (;;) {
    cursor.advance(plain_bytes(cursor.at(), cursor.rest()));
    const uint8_t byte = cursor.peek();
    if (byte == '"') {
      cursor.advance(1);
      return true;
    }
    if (byte == '\\') {
      cursor.advance(1);
      if (!take_escape(cursor)) return false;
    } else if (byte < 0x80 || !take_multibyte(cursor)) {
      return false;
    }
  }
}

}  // namespace vram
