// A place in a line. Nothing is read beyond the line's end, whatever it holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vram {

class Cursor {
 public:
  Cursor(const uint8_t* line, size_t size) : line_(line), at_(line), end_(line + size) {}

  size_t offset() const { return static_cast<size_t>(at_ - line_); }
  size_t rest() const { return static_cast<size_t>(end_ - at_); }
  const uint8_t* at() const { return at_; }
  const uint8_t* line() const { return line_; }

  /// The next byte, or NUL at the end, which no grammar here takes.
  uint8_t peek() const { return at_ < end_ ? *at_ : 0; }

  void advance(size_t count) { at_ += count; }

  bool take(uint8_t byte) {
    if (peek() != byte) return false;
    at_++;
    return true;
  }

  /// Takes a text of N - 1 characters if it comes next.
  template <size_t N>
  bool take(const char (&text)[N]) {
    if (rest() < N - 1 || memcmp(at_, text, N - 1) != 0) return false;
    at_ += N - 1;
    return true;
  }

 private:
  const uint8_t* line_;
  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace vram
