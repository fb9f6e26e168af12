// gpu_test CASE [--small] [--stand-in DRIVER]: one case on device 0 of the driver. Exit code 77: there is no
// GPU, or it lacks what the case needs; what that is was printed. Over a stand-in it is a rehearsal of the
// test, and no test of a GPU.
#include <sys/socket.h>
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
  /// What another process runs meanwhile, if anything.
  int (*partner)(const Subject& subject) = nullptr;
};

constexpr Case CASES[] = {
    {"presence", presence, false},
    {"random-lengths", random_lengths, false},
    {"many-shards", many_shards, false},
    {"background-slices", background_slices, false},
    {"memory-returns", memory_returns, false},
    {"corruption", corruption, false},
    {"refused-store", refused_store, true},
    {"sharing", export_shard, false, import_shard},
};

/// Opens the driver and runs a case, unless there is no device.
int run_on_device(const Case& chosen, const Options& options, int partner = -1) {
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
  const std::uint64_t shard_bytes = options.small ? SMALL_SHARD_BYTES : SHARD_BYTES;
  const int result = chosen.run({driver, options.stand_in, shard_bytes, partner});
  vram_driver_close(driver);
  return result;
}

/// The exit code of a child, or 1 if it did not exit by itself.
int wait_for(pid_t child) {
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// Ends a child with what its half of a case gave.
[[noreturn]] void end_child(int result) {
  std::fflush(nullptr);
  _exit(failures > 0 ? 1 : result);
}

/// A context that is lost is lost to its whole process, so a child does it; afterwards the device serves this
/// one.
int run_in_child(const Case& chosen, const Options& options) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) end_child(run_on_device(chosen, options));
  const int result = wait_for(child);
  if (result != 0) return result;
  return run_on_device({"many-shards", many_shards, false}, {nullptr, options.stand_in, true});
}

/// The driver does not survive a fork, so the partner is there before it is opened.
int run_with_partner(const Case& chosen, const Options& options) {
  int sockets[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(sockets[0]);
    end_child(run_on_device({chosen.name, chosen.partner, false}, options, sockets[1]));
  }
  close(sockets[1]);
  const int result = run_on_device(chosen, options, sockets[0]);
  close(sockets[0]);
  const int of_partner = wait_for(child);
  return result != 0 ? result : of_partner;
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
    const int result = known.partner != nullptr ? run_with_partner(known, options)
                       : known.loses_context    ? run_in_child(known, options)
                                                : run_on_device(known, options);
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
