// gpu_test CASE [--small] [--stand-in DRIVER]: one case on device 0 of the driver. Exit code 77: there is no
// GPU, or it lacks what the case needs; what that is was printed. Over a stand-in it is a rehearsal of the
// test, and no test of a GPU.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "cases.h"

namespace vram_test {

namespace {

constexpr std::uint64_t MIB = 1 << 20;
/// Several times the largest L2, which has 126 MiB.
constexpr std::uint64_t SHARD_BYTES = 1024 * MIB;
/// For rehearsals, and for tools under which a kernel takes a hundred times as long.
constexpr std::uint64_t SMALL_SHARD_BYTES = 9 * MIB;

struct Options {
  const char* name = nullptr;
  const char* stand_in = nullptr;
  bool small = false;
};

int presence(const Subject&) {
  return 0;
}

struct Case {
  const char* name;
  int (*run)(const Subject& subject);
  bool loses_context;
};

constexpr Case CASES[] = {
    {"presence", presence, false},
    {"random-lengths", random_lengths, false},
    {"many-shards", many_shards, false},
    {"background-slices", background_slices, false},
    {"memory-returns", memory_returns, false},
    {"corruption", corruption, false},
    {"refused-store", refused_store, true},
};

/// Opens the driver and runs a case, unless there is no device.
int run_on_device(const Case& chosen, const Options& options) {
  vram_driver* driver = nullptr;
  vram_cause cause{};
  uint32_t count = 0;
  vram_status status = vram_driver_open(options.stand_in, &driver, &cause);
  if (status == VRAM_OK) status = vram_driver_devices(driver, nullptr, 0, &count, &cause);
  if (status == VRAM_NO_DRIVER || status == VRAM_NO_SUCH_DEVICE || (status == VRAM_OK && count == 0)) {
    std::printf("not run: there is no GPU: %s\n", cause.text[0] == 0 ? "no device" : cause.text);
    if (driver != nullptr) vram_driver_close(driver);
    return NOT_RUN;
  }
  CHECK(status == VRAM_OK);
  if (status != VRAM_OK) {
    std::fprintf(stderr, "the driver does not work: %s\n", cause.text);
    return 1;
  }
  const int result = chosen.run({driver, options.stand_in, options.small ? SMALL_SHARD_BYTES : SHARD_BYTES});
  vram_driver_close(driver);
  return result;
}

/// A context that is lost is lost to its whole process, so a child does it; afterwards the device serves this
/// one.
int run_in_child(const Case& chosen, const Options& options) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int result = run_on_device(chosen, options);
    std::fflush(nullptr);
    _exit(failures > 0 ? 1 : result);
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  const int result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  if (result != 0) return result;
  return run_on_device({"many-shards", many_shards, false}, {nullptr, options.stand_in, true});
}

bool parse(int count, char** arguments, Options& options) {
  if (count < 2) return false;
  options.name = arguments[1];
  for (int i = 2; i < count; i++) {
    if (std::strcmp(arguments[i], "--small") == 0) {
      options.small = true;
    } else if (std::strcmp(arguments[i], "--stand-in") == 0 && i + 1 < count) {
      options.stand_in = arguments[++i];
    } else {
      return false;
    }
  }
  return true;
}

int run(const Options& options) {
  for (const Case& known : CASES) {
    if (std::strcmp(known.name, options.name) != 0) continue;
    if (options.stand_in != nullptr) std::printf("rehearsal over a stand-in driver: no GPU is involved\n");
    const int result = known.loses_context ? run_in_child(known, options) : run_on_device(known, options);
    return failures > 0 ? 1 : result;
  }
  std::fprintf(stderr, "no such case: %s\n", options.name);
  return 2;
}

}  // namespace

}  // namespace vram_test

int main(int count, char** arguments) {
  vram_test::Options options;
  if (vram_test::parse(count, arguments, options)) return vram_test::run(options);
  std::fprintf(stderr, "usage: %s CASE [--small] [--stand-in DRIVER]\n", arguments[0]);
  return 2;
}
