// What the tests of this folder need: a check that says where it failed, and ends the program with 1 in the
// end.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace vram_test {

inline int failures = 0;

inline void check(bool holds, const char* file, int line, const char* expectation) {
  if (holds) return;
  failures++;
  std::fprintf(stderr, "%s:%d: expected %s\n", file, line, expectation);
}

}  // namespace vram_test

#define CHECK(CONDITION) vram_test::check((CONDITION), __FILE__, __LINE__, #CONDITION)
