// vram_bench_messages: records of the audit log per second, one thread, for each instruction set: leaf hash, MAC and shape,
// each alone and all of them.
#include <ctime>

#include <cstdio>
#include <string>
#include <vector>

#include "vram/messages.h"
#include "vram/records.h"

namespace {

constexpr size_t RECORDS = 2000;
constexpr int ROUNDS = 100;

double thread_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// The best of some rounds, in records per microsecond; 0 if a call fails.
template <class Call>
double rate(Call call) {
  double best = 1e9;
  for (int round = 0; round < ROUNDS; round++) {
    const double start = thread_seconds();
    if (!call()) return 0;
    const double taken = thread_seconds() - start;
    if (taken < best) best = taken;
  }
  return static_cast<double>(RECORDS) / best * 1e-6;
}

/// Records of 460 bytes and a few, as sealing writes them.
std::string log_lines() {
  const std::string hash(64, '7');
  std::string lines;
  for (size_t i = 0; i < RECORDS; i++) {
    lines += R"({"seq":)" + std::to_string(1000 + i) +
             R"(,"timestamp":"2026-01-02T03:04:05.000006Z","event_type":"seal_verified","severity":"INFO",)"
             R"("worker_id":"gpu-0","shard_id":"llama-layer-0007","gpu_device":0,"mode":"full",)"
             R"("bytes_verified":536870912,"count":1,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
             R"("job_id":"0190-7a1e-4c","actor":"scheduler","epoch":3,"prev":")" +
             hash + R"(","mac":")" + hash + "\"}\n";
  }
  return lines;
}

}  // namespace

int main() {
  const std::string lines = log_lines();
  std::vector<vram_record> records(RECORDS);
  size_t count = 0, consumed = 0;
  const auto scan = [&] {
    return vram_records_scan(lines.data(), lines.size(), records.data(), RECORDS, &count, &consumed) == VRAM_OK;
  };
  const double shape = rate(scan);
  std::vector<vram_slice> whole, bodies;
  for (const vram_record& record : records) {
    if (record.status != VRAM_OK) return 1;
    whole.push_back(record.line);
    bodies.push_back({record.line.offset, record.line.size - VRAM_MAC_SUFFIX_BYTES});
  }
  std::printf("%zu records of %zu bytes, one thread, millions a second\n", count, lines.size() / count);
  std::printf("shape    %6.2f\n", shape);
  vram_mac_key key;
  vram_mac_key_init(&key, "0123456789abcdef0123456789abcdef", 32);
  std::vector<uint8_t> hashes(RECORDS * VRAM_DIGEST_BYTES), nodes(RECORDS / 2 * VRAM_DIGEST_BYTES);
  constexpr const char* NAMES[] = {"best", "scalar", "simd128", "avx2", "avx512", "sha-ni"};
  for (int i = VRAM_BEST; i <= VRAM_SHA_NI; i++) {
    const auto set = static_cast<vram_instruction_set>(i);
    const auto leaves = [&] {
      return vram_sha256_messages(set, 0, lines.data(), lines.size(), whole.data(), count, hashes.data()) == VRAM_OK;
    };
    const auto macs = [&] {
      return vram_hmac_sha256_messages(set, &key, lines.data(), lines.size(), bodies.data(), count, hashes.data()) ==
             VRAM_OK;
    };
    const auto level = [&] {
      return vram_merkle_level(set, hashes.data(), count / 2, nodes.data()) == VRAM_OK;
    };
    if (!leaves()) continue;
    std::printf("%-8s leaf %6.2f  mac %6.2f  node %6.2f  shape, leaf, mac and node %6.2f\n", NAMES[i], rate(leaves),
                rate(macs), rate(level) / 2, rate([&] { return scan() && leaves() && macs() && level(); }));
  }
  return 0;
}
