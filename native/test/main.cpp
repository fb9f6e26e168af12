// vram_test INSTRUCTION-SET: runs every test with that set. Exit code 77: the machine does not have it.
#include <cstdio>
#include <cstring>

#include "bytes.h"
#include "check.h"

namespace vram_test {

vram_instruction_set instruction_set = VRAM_BEST;

static int failures = 0;

std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

void fail(const char* file, int line, const std::string& expectation, const std::string& what) {
  constexpr int MOST_SHOWN = 20;
  if (++failures <= MOST_SHOWN) {
    std::fprintf(stderr, "%s:%d: %s %s\n", file, line, expectation.c_str(), what.c_str());
  }
}

std::string describe(bool value) {
  return value ? "true" : "false";
}
std::string describe(int value) {
  return std::to_string(value);
}
std::string describe(vram_status value) {
  return vram_status_name(value);
}
std::string describe(uint64_t value) {
  return std::to_string(value);
}
std::string describe(const std::string& value) {
  return '"' + value + '"';
}
std::string describe(const Bytes& value) {
  return to_hex(value);
}

static bool choose(const char* name) {
  constexpr struct {
    const char* name;
    vram_instruction_set set;
  } SETS[] = {{"best", VRAM_BEST}, {"scalar", VRAM_SCALAR}, {"simd128", VRAM_SIMD128},
              {"avx2", VRAM_AVX2}, {"avx512", VRAM_AVX512}, {"sha-ni", VRAM_SHA_NI}};
  for (const auto& known : SETS) {
    if (std::strcmp(known.name, name) != 0) continue;
    instruction_set = known.set;
    return true;
  }
  return false;
}

static int run() {
  for (const Test& test : tests()) {
    const int before = failures;
    test.body();
    std::printf("%s %s\n", failures == before ? "passed" : "FAILED", test.name);
  }
  std::printf("%zu tests, %d failures\n", tests().size(), failures);
  return tests().empty() || failures > 0 ? 1 : 0;
}

}  // namespace vram_test

int main(int argc, char** argv) {
  using namespace vram_test;
  if (argc != 2 || !choose(argv[1])) {
    std::fprintf(stderr, "usage: %s best|scalar|simd128|avx2|avx512|sha-ni\n", argv[0]);
    return 2;
  }
  vram_instruction_set chosen;
  if (vram_instruction_set_for(VRAM_SHA256, instruction_set, &chosen) == VRAM_UNSUPPORTED) {
    std::printf("not run: this machine does not have %s\n", argv[1]);
    return 77;
  }
  return run();
}
