#include "vram/records.h"

#include <cstring>
#include <fstream>
#include <sstream>

#include "bytes.h"
#include "check.h"

using namespace vram_test;

namespace {

const std::string HASH(64, 'a');

/// What the log's own decoder says of a line.
struct Verdict {
  bool malformed;
  uint64_t seq, epoch;
  std::string severity, event_type, worker_id;
  std::string line;
};

std::vector<Verdict> corpus() {
  std::vector<Verdict> verdicts;
  std::ifstream file(VRAM_RECORDS, std::ios::binary);
  for (std::string text; std::getline(file, text);) {
    const std::string malformed = "malformed ";
    Verdict verdict = {};
    verdict.malformed = text.starts_with(malformed);
    if (verdict.malformed) {
      verdict.line = text.substr(malformed.size());
    } else {
      std::istringstream parts(text);
      parts >> verdict.seq >> verdict.epoch >> verdict.severity >> verdict.event_type >> verdict.worker_id;
      parts.get();
      std::getline(parts, verdict.line, '\0');
    }
    verdicts.push_back(verdict);
  }
  return verdicts;
}

/// The bytes of a line in memory of just that size, so that a sanitizer sees a read beyond it.
Bytes exactly(const std::string& line) {
  return Bytes(line.begin(), line.end());
}

vram_status scan(const std::string& line, vram_record& record) {
  Bytes bytes = exactly(line);
  bytes.shrink_to_fit();
  static uint8_t nothing;
  return vram_record_scan(bytes.empty() ? &nothing : bytes.data(), bytes.size(), &record);
}

std::string text(const std::string& line, const vram_slice& slice) {
  return line.substr(slice.offset, slice.size);
}

std::string record_with(const std::string& members) {
  return "{\"seq\":7,\"timestamp\":\"2024-02-29T23:59:59.999999Z\",\"event_type\":\"e\",\"severity\":"
         "\"INFO\","
         "\"worker_id\":\"w\"" +
         members + ",\"epoch\":1,\"prev\":\"" + HASH + "\",\"mac\":\"" + HASH + "\"}";
}

}  // namespace

TEST("every line is judged as by the log's decoder") {
  const std::vector<Verdict> verdicts = corpus();
  CHECK(verdicts.size() > 500);
  size_t well_formed = 0;
  for (const Verdict& expected : verdicts) {
    vram_record record;
    const vram_status status = scan(expected.line, record);
    CHECK_EQUAL(status, expected.malformed ? VRAM_MALFORMED_RECORD : VRAM_OK, expected.line);
    if (status != VRAM_OK || expected.malformed) continue;
    well_formed++;
    constexpr const char* SEVERITIES[] = {"INFO", "WARNING", "CRITICAL"};
    CHECK_EQUAL(record.seq, expected.seq, expected.line);
    CHECK_EQUAL(record.epoch, expected.epoch, expected.line);
    CHECK_EQUAL(std::string(SEVERITIES[record.severity]), expected.severity, expected.line);
    CHECK_EQUAL(text(expected.line, record.event_type), expected.event_type);
    CHECK_EQUAL(text(expected.line, record.worker_id), expected.worker_id);
    CHECK_EQUAL(expected.line.substr(record.timestamp - 13, 13), std::string("\"timestamp\":\""));
    CHECK_EQUAL(expected.line.substr(record.prev - 8, 8), std::string("\"prev\":\""));
    CHECK_EQUAL(expected.line.substr(record.mac - 7, 7), std::string("\"mac\":\""));
    CHECK_EQUAL(uint64_t{record.mac} + 64 + 2, uint64_t{expected.line.size()});
  }
  CHECK(well_formed > 100);
}

TEST("a line has at most VRAM_MAX_RECORD_BYTES") {
  const std::string shortest = record_with(",\"x\":\"\"");
  vram_record record;
  for (const size_t size : {size_t{VRAM_MAX_RECORD_BYTES}, size_t{VRAM_MAX_RECORD_BYTES} + 1}) {
    const std::string line = record_with(",\"x\":\"" + std::string(size - shortest.size(), 'y') + "\"");
    CHECK_EQUAL(uint64_t{line.size()}, uint64_t{size});
    CHECK_EQUAL(scan(line, record), size > VRAM_MAX_RECORD_BYTES ? VRAM_MALFORMED_RECORD : VRAM_OK);
  }
}

TEST("as many members as a line holds, at any level") {
  std::string flat, nested = ",\"x\":{\"a\":0", names;
  for (char first = 'a'; first <= 'z'; first++) {
    for (char second = 'a'; second <= 'z'; second++) {
      for (char third = 'a'; third < 'k'; third++)
        names += {',', '"', 'x', first, second, third, '"', ':', '0'};
    }
  }
  flat = names;
  nested += names + "}";
  vram_record record;
  CHECK_EQUAL(scan(record_with(flat), record), VRAM_OK);
  CHECK_EQUAL(scan(record_with(nested), record), VRAM_OK);
  CHECK_EQUAL(scan(record_with(flat + ",\"xmnj\":0"), record), VRAM_MALFORMED_RECORD);
  // The shortest members there are: more than there are names of one character, and so repeated.
  std::string repeated;
  while (record_with(repeated).size() + 6 <= VRAM_MAX_RECORD_BYTES) repeated += ",\"a\":1";
  CHECK_EQUAL(scan(record_with(repeated), record), VRAM_MALFORMED_RECORD);
  std::string objects = ",\"x\":[{}";
  while (record_with(objects).size() + 10 <= VRAM_MAX_RECORD_BYTES) objects += ",{\"a\":1}";
  CHECK_EQUAL(scan(record_with(objects + "]"), record), VRAM_OK);
}

TEST("the lines of a buffer") {
  const std::string good = record_with(",\"x\":1"), bad = "{}";
  const std::string text = good + "\n" + bad + "\n\n" + good + "\n" + good;
  const Bytes bytes = exactly(text);
  vram_record records[8];
  size_t count = 0, consumed = 0;
  CHECK_EQUAL(vram_records_scan(bytes.data(), bytes.size(), records, 8, &count, &consumed), VRAM_OK);
  CHECK_EQUAL(uint64_t{count}, uint64_t{4});
  CHECK_EQUAL(uint64_t{consumed}, uint64_t{text.size() - good.size()});
  const uint32_t expected[] = {VRAM_OK, VRAM_MALFORMED_RECORD, VRAM_MALFORMED_RECORD, VRAM_OK};
  for (size_t i = 0; i < 4; i++) CHECK_EQUAL(uint64_t{records[i].status}, uint64_t{expected[i]});
  CHECK_EQUAL(text.substr(records[3].line.offset, records[3].line.size), good);
  CHECK_EQUAL(text.substr(records[3].prev, 64), HASH);
  CHECK_EQUAL(text.substr(records[3].mac, 64), HASH);
  CHECK_EQUAL(text.substr(records[3].event_type.offset, records[3].event_type.size), std::string("e"));
  CHECK_EQUAL(vram_records_scan(bytes.data(), bytes.size(), records, 1, &count, &consumed), VRAM_OK);
  CHECK_EQUAL(uint64_t{count}, uint64_t{1});
  CHECK_EQUAL(uint64_t{consumed}, uint64_t{good.size() + 1});
  CHECK_EQUAL(vram_records_scan(bytes.data(), 10, records, 8, &count, &consumed), VRAM_OK);
  CHECK_EQUAL(uint64_t{count + consumed}, uint64_t{0});
  CHECK_EQUAL(vram_records_scan(nullptr, 1, records, 8, &count, &consumed), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_records_scan(bytes.data(), 1, nullptr, 8, &count, &consumed), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_records_scan(bytes.data(), 1, records, 8, nullptr, &consumed), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_record_scan(nullptr, 0, records), VRAM_INVALID_ARGUMENT);
}

TEST("no bytes whatever are read beyond their end") {
  Random random(21);
  const std::string good =
      record_with(",\"x\":{\"y\":[\"\\u0001\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\",-12,true]}");
  vram_record record;
  for (size_t size = 0; size < good.size(); size++) {
    CHECK_EQUAL(scan(good.substr(0, size), record), VRAM_MALFORMED_RECORD);
  }
  for (int i = 0; i < 3000; i++) {
    std::string line = good;
    for (size_t edits = 1 + random.below(3); edits > 0; edits--) {
      line[random.below(line.size())] = good[random.below(good.size())];
    }
    const vram_status status = scan(line.substr(0, random.below(line.size()) + 1), record);
    CHECK(status == VRAM_OK || status == VRAM_MALFORMED_RECORD);
  }
}

TEST("lines are hashed as messages are, and compared with what they state") {
  const std::string good = record_with(",\"x\":1"), bad = "{}";
  std::string text;
  for (int i = 0; i < 300; i++) text += (i == 299 ? bad : good) + "\n";
  const Bytes bytes = exactly(text);
  std::vector<vram_record> records(300);
  size_t count = 0, consumed = 0;
  CHECK_EQUAL(vram_records_scan(bytes.data(), bytes.size(), records.data(), 300, &count, &consumed), VRAM_OK);
  std::vector<vram_slice> lines, bodies;
  for (const vram_record& record : records) {
    lines.push_back(record.line);
    const bool is_record = record.status == VRAM_OK;
    bodies.push_back({record.line.offset, is_record ? record.line.size - VRAM_MAC_SUFFIX_BYTES : 0});
  }
  vram_mac_key key;
  CHECK_EQUAL(vram_mac_key_init(&key, "a key", 5), VRAM_OK);
  Bytes found(300 * VRAM_DIGEST_BYTES), expected(300 * VRAM_DIGEST_BYTES);
  CHECK_EQUAL(
      vram_record_leaf_hashes(instruction_set, bytes.data(), bytes.size(), records.data(), 300, found.data()),
      VRAM_OK);
  vram_sha256_messages(instruction_set, 0, bytes.data(), bytes.size(), lines.data(), 300, expected.data());
  CHECK(found == expected);
  CHECK_EQUAL(
      vram_record_macs(instruction_set, &key, bytes.data(), bytes.size(), records.data(), 300, found.data()),
      VRAM_OK);
  vram_hmac_sha256_messages(instruction_set, &key, bytes.data(), bytes.size(), bodies.data(), 300,
                            expected.data());
  CHECK(found == expected);

  // Every record states 64 times the digit a.
  size_t mismatch = 0;
  Bytes stated(300 * VRAM_DIGEST_BYTES, 0xaa);
  const auto compare = [&](vram_stated_hash hash, size_t lines_compared) {
    return vram_record_mismatch(hash, bytes.data(), bytes.size(), records.data(), lines_compared,
                                stated.data(), &mismatch);
  };
  CHECK_EQUAL(compare(VRAM_PREV, 299), VRAM_OK);
  CHECK_EQUAL(uint64_t{mismatch}, uint64_t{299});
  CHECK_EQUAL(compare(VRAM_MAC, 300), VRAM_OK);
  CHECK_EQUAL(uint64_t{mismatch}, uint64_t{299});
  stated[7 * VRAM_DIGEST_BYTES + 31] ^= 1;
  CHECK_EQUAL(compare(VRAM_MAC, 300), VRAM_OK);
  CHECK_EQUAL(uint64_t{mismatch}, uint64_t{7});
  records[0].mac = static_cast<uint32_t>(bytes.size()) - 63;
  CHECK_EQUAL(compare(VRAM_MAC, 1), VRAM_INVALID_ARGUMENT);
  records[0].line.size = UINT32_MAX;
  CHECK_EQUAL(
      vram_record_leaf_hashes(instruction_set, bytes.data(), bytes.size(), records.data(), 1, found.data()),
      VRAM_INVALID_ARGUMENT);
}
