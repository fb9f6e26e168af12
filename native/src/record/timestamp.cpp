#include "timestamp.h"

#include "characters.h"
#include "vram/records.h"

namespace vram {

namespace {

int two_digits(const uint8_t* text) {
  return (text[0] - '0') * 10 + (text[1] - '0');
}

int days_in_month(int year, int month) {
  constexpr int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : DAYS[month - 1];
}

}  // namespace

bool is_timestamp(const uint8_t* text) {
  constexpr char FORM[] = "0000-00-00T00:00:00.000000Z";
  static_assert(sizeof FORM - 1 == VRAM_TIMESTAMP_BYTES);
  for (int i = 0; i < VRAM_TIMESTAMP_BYTES; i++) {
    if (FORM[i] == '0' ? !is_digit(text[i]) : text[i] != FORM[i]) return false;
  }
  const int year = two_digits(text) * 100 + two_digits(text + 2);
  const int month = two_digits(text + 5), day = two_digits(text + 8);
  return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month) &&
         two_digits(text + 11) <= 23 && two_digits(text + 14) <= 59 && two_digits(text + 17) <= 59;
}

}  // namespace vram
