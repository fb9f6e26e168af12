// A test harness as small as it can be: a fresh machine with CMake and a C++ compiler runs the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "vram/digest.h"

namespace vram_test {

using Bytes = std::vector<uint8_t>;

/// The instruction set that this run tests.
extern vram_instruction_set instruction_set;

struct Test {
  const char* name;
  void (*body)();
};

std::vector<Test>& tests();

struct Registration {
  Registration(const char* name, void (*body)()) { tests().push_back({name, body}); }
};

/// Records a failure of the test that runs; `what` says with which values.
void fail(const char* file, int line, const std::string& expectation, const std::string& what);

std::string describe(bool value);
std::string describe(int value);
std::string describe(vram_status value);
std::string describe(uint64_t value);
std::string describe(const std::string& value);
std::string describe(const Bytes& value);

template <class A, class B>
void check_equal(const A& found, const B& expected, const char* file, int line, const char* text,
                 const std::string& context) {
  if (found == expected) return;
  fail(file, line, text, "found " + describe(found) + ", expected " + describe(expected) + " " + context);
}

}  // namespace vram_test

#define VRAM_JOIN_(a, b) a##b
#define VRAM_JOIN(a, b) VRAM_JOIN_(a, b)
/// TEST("a sentence") { ... }
#define TEST(name)                                                                                           \
  static void VRAM_JOIN(test_, __LINE__)();                                                                  \
  static const vram_test::Registration VRAM_JOIN(registration_, __LINE__)(name, VRAM_JOIN(test_, __LINE__)); \
  static void VRAM_JOIN(test_, __LINE__)()

#define CHECK(condition)                                                   \
  do {                                                                     \
    if (!(condition)) vram_test::fail(__FILE__, __LINE__, #condition, ""); \
  } while (false)

/// CHECK_EQUAL(found, expected, context...): the context is a std::string for the message.
#define CHECK_EQUAL(found, expected, ...)                                              \
  vram_test::check_equal(found, expected, __FILE__, __LINE__, #found " == " #expected, \
                         std::string(__VA_ARGS__))
