// Classes of characters that the log's texts are made of.
#pragma once

#include <cstdint>

namespace vram {

enum CharacterClass : uint8_t { LOWER = 1, DIGIT = 2, UNDERSCORE = 4, HEX_LETTER = 8, WORKER_ID_OTHER = 16 };

struct CharacterClasses {
  uint8_t of[256] = {};

  constexpr CharacterClasses() {
    for (int c = 'a'; c <= 'z'; c++) of[c] |= LOWER;
    for (int c = '0'; c <= '9'; c++) of[c] |= DIGIT;
    for (int c = 'a'; c <= 'f'; c++) of[c] |= HEX_LETTER;
    of[int{'_'}] |= UNDERSCORE;
    for (int c = 'A'; c <= 'Z'; c++) of[c] |= WORKER_ID_OTHER;
    constexpr char OTHER[] = {'.', '_', ':', '-'};
    for (const char c : OTHER) of[int{c}] |= WORKER_ID_OTHER;
  }
};

constexpr CharacterClasses CHARACTERS;

constexpr bool is_digit(uint8_t c) {
  return (CHARACTERS.of[c] & DIGIT) != 0;
}
constexpr bool is_lower(uint8_t c) {
  return (CHARACTERS.of[c] & LOWER) != 0;
}
constexpr bool is_name_character(uint8_t c) {
  return (CHARACTERS.of[c] & (LOWER | DIGIT | UNDERSCORE)) != 0;
}
constexpr bool is_lower_hex(uint8_t c) {
  return (CHARACTERS.of[c] & (DIGIT | HEX_LETTER)) != 0;
}
constexpr bool is_worker_id_character(uint8_t c) {
  return (CHARACTERS.of[c] & (LOWER | DIGIT | WORKER_ID_OTHER)) != 0;
}

}  // namespace vram
