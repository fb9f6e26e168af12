// vram_bench_gpu [--bytes N] [--seconds S] [--stand-in DRIVER]: measures device 0 and prints one object of
// JSON, times in seconds of the best round, by the clock of the host around a call and the wait for it. Exit
// code 77: there is no GPU. `bench/gpu` of the repository makes a table of it.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "background_verifier.h"
#include "bench_device.h"

namespace vram_bench {

namespace {

using namespace vram::cuda;

constexpr int NOT_RUN = 77;
constexpr double BACKGROUND_BYTES_PER_SECOND = 10e9;
constexpr std::uint64_t MOST_SHARD_BYTES = 256ull << 20;

void print_digest(const char* name, const DigestSeconds& measured) {
  std::printf("  \"%s\": {\"seconds\": %.9f, \"clockMhz\": %u},\n", name, measured.seconds,
              measured.clock_mhz);
}

void measure(const Driver& driver, const Options& options) {
  BenchDevice device(driver, options);
  const vram_device_facts& facts = device.facts();
  std::printf("{\n  \"device\": \"%s\",\n  \"driver\": \"%s\",\n  \"simulated\": %s,\n", facts.name,
              facts.driver_version, facts.simulated != 0 ? "true" : "false");
  std::printf("  \"multiprocessors\": %d,\n  \"bytes\": %llu,\n  \"pieceBytes\": %llu,\n",
              device.multiprocessors(), static_cast<unsigned long long>(options.bytes),
              static_cast<unsigned long long>(device.piece_bytes()));
  print_digest("blake3", device.digest(VRAM_BLAKE3));
  print_digest("sha256-fsverity", device.digest(VRAM_SHA256_FSVERITY));
  std::printf("  \"copyOnDevice\": %.9f,\n", device.copy_on_device());
  std::printf("  \"copyToDevice\": %.9f,\n", device.copy_to_device());
  std::printf("  \"copyToHost\": %.9f,\n", device.copy_to_host());
  std::printf("  \"copyBackAndHash\": %.9f,\n", device.copy_back_and_hash());
  const double alone = device.inference_steps();
  BackgroundVerifier verifier(options.stand_in, std::min(MOST_SHARD_BYTES, options.bytes),
                              BACKGROUND_BYTES_PER_SECOND);
  const double beside = device.inference_steps();
  const double verified = verifier.stop();
  if (verified == 0) throw Failure(VRAM_DEVICE_ERROR, "A digest in the background failed");
  std::printf("  \"stepsAlone\": %.6f,\n  \"stepsBeside\": %.6f,\n  \"verifiedPerSecond\": %.0f\n}\n", alone,
              beside, verified);
}

int run(const Options& options) {
  try {
    const Driver driver(options.stand_in);
    if (driver.device_count() == 0) throw Failure(VRAM_NO_SUCH_DEVICE, "the driver has no device");
    measure(driver, options);
    return 0;
  } catch (const Failure& failure) {
    if (failure.status == VRAM_NO_DRIVER || failure.status == VRAM_NO_SUCH_DEVICE) {
      std::printf("not run: there is no GPU: %s\n", failure.cause.text);
      return NOT_RUN;
    }
    std::fprintf(stderr, "%s: %s\n", vram_status_name(failure.status), failure.cause.text);
    return 1;
  }
}

bool parse(int count, char** arguments, Options& options) {
  constexpr std::uint64_t LEAST_BYTES = 16ull << 20;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(arguments[i], "--bytes") == 0) {
      options.bytes = std::strtoull(arguments[i + 1], nullptr, 10);
    } else if (std::strcmp(arguments[i], "--seconds") == 0) {
      options.seconds = std::strtod(arguments[i + 1], nullptr);
    } else if (std::strcmp(arguments[i], "--stand-in") == 0) {
      options.stand_in = arguments[i + 1];
    } else {
      return false;
    }
  }
  // Whole pieces, so that the host can tell the digest from one piece.
  const bool whole = options.bytes < MOST_SHARD_BYTES || options.bytes % MOST_SHARD_BYTES == 0;
  return count % 2 == 1 && options.bytes >= LEAST_BYTES && options.bytes % 16 == 0 && whole;
}

}  // namespace

}  // namespace vram_bench

int main(int count, char** arguments) {
  vram_bench::Options options;
  if (vram_bench::parse(count, arguments, options)) return vram_bench::run(options);
  std::fprintf(
      stderr,
      "usage: %s [--bytes N] [--seconds S] [--stand-in DRIVER]\nN is at least 16 MiB; from 256 MiB on, "
      "a multiple of that\n",
      arguments[0]);
  return 2;
}
