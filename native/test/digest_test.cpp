#include "vram/digest.h"

#include <algorithm>
#include <cstring>

#include "bytes.h"
#include "check.h"
#include "oracle/plain.h"
#include "vectors.h"

using namespace vram_test;

namespace {

constexpr size_t CHUNK = VRAM_CHUNK_BYTES;

/// The algorithms that the instruction set computes.
std::vector<vram_digest_algorithm> algorithms() {
  std::vector<vram_digest_algorithm> found;
  for (const vram_digest_algorithm algorithm : {VRAM_BLAKE3, VRAM_SHA256_FSVERITY, VRAM_SHA256}) {
    vram_instruction_set chosen;
    if (vram_instruction_set_for(algorithm, instruction_set, &chosen) == VRAM_OK) found.push_back(algorithm);
  }
  return found;
}

Bytes oracle(vram_digest_algorithm algorithm, const Bytes& input) {
  if (algorithm == VRAM_BLAKE3) return plain_blake3(input);
  return algorithm == VRAM_SHA256 ? plain_sha256(input) : plain_fsverity(input);
}

Bytes digest(vram_digest_algorithm algorithm, const uint8_t* bytes, size_t size, vram_pool* pool = nullptr) {
  Bytes found(VRAM_DIGEST_BYTES);
  CHECK_EQUAL(vram_digest(algorithm, instruction_set, bytes, size, pool, found.data()), VRAM_OK);
  return found;
}

std::string context(vram_digest_algorithm algorithm, size_t size, size_t alignment = 0) {
  return "for algorithm " + std::to_string(algorithm) + ", " + std::to_string(size) + " bytes, alignment " +
         std::to_string(alignment);
}

/// The digest of bytes that are given in pieces of random sizes.
Bytes digest_in_pieces(vram_digest_algorithm algorithm, const Bytes& input, Random& random) {
  vram_hasher hasher;
  CHECK_EQUAL(vram_hasher_init(&hasher, algorithm, instruction_set), VRAM_OK);
  for (size_t start = 0; start < input.size();) {
    constexpr size_t SIZES[] = {1, 64, 65, 1023, 1024, 1025, 4096, 4097, 20000, CHUNK - 1, CHUNK, CHUNK + 1};
    const size_t wanted = random.below(2) == 0 ? SIZES[random.below(std::size(SIZES))] : random.below(9000);
    const size_t size = std::min(wanted, input.size() - start);
    CHECK_EQUAL(vram_hasher_update(&hasher, input.data() + start, size, nullptr), VRAM_OK);
    start += size;
  }
  Bytes found(VRAM_DIGEST_BYTES);
  CHECK_EQUAL(vram_hasher_finish(&hasher, found.data()), VRAM_OK);
  return found;
}

Bytes chunk_digests(vram_digest_algorithm algorithm, const uint8_t* bytes, size_t size, uint64_t first_chunk,
                    uint64_t input_bytes, vram_pool* pool = nullptr) {
  Bytes found(std::max<size_t>(1, (size + CHUNK - 1) / CHUNK) * VRAM_DIGEST_BYTES);
  CHECK_EQUAL(vram_chunk_digests(algorithm, instruction_set, bytes, size, first_chunk, input_bytes, pool,
                                 found.data()),
              VRAM_OK);
  return found;
}

Bytes part(const Bytes& bytes, size_t start, size_t size) {
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(start);
  return Bytes(first, first + static_cast<std::ptrdiff_t>(std::min(size, bytes.size() - start)));
}

}  // namespace

TEST("the vectors") {
  const std::vector<DigestVector> vectors = digest_vectors();
  CHECK(vectors.size() > 30);
  for (const DigestVector& vector : vectors) {
    const Bytes input = pattern(vector.length);
    for (const auto algorithm : algorithms()) {
      CHECK_EQUAL(to_hex(digest(algorithm, input.data(), input.size())), vector.digests[algorithm],
                  context(algorithm, vector.length));
    }
  }
}

TEST("the oracle gives the vectors") {
  for (const DigestVector& vector : digest_vectors()) {
    if (vector.length > 2 * CHUNK) continue;
    for (const auto algorithm : {VRAM_BLAKE3, VRAM_SHA256_FSVERITY, VRAM_SHA256}) {
      CHECK_EQUAL(to_hex(oracle(algorithm, pattern(vector.length))), vector.digests[algorithm],
                  context(algorithm, vector.length));
    }
  }
}

TEST("borders of blocks, leaves, levels and chunks, at every alignment") {
  Random random(1);
  const Bytes buffer = random.bytes(2 * CHUNK + 128);
  std::vector<size_t> sizes = {0, 1};
  for (const size_t unit : {size_t{64}, size_t{1024}, size_t{4096}, 3 * size_t{1024}, 8 * size_t{1024},
                            16 * size_t{1024}, 17 * size_t{1024}, CHUNK / 2, CHUNK, 2 * CHUNK}) {
    for (const size_t size : {unit - 1, unit, unit + 1}) sizes.push_back(size);
  }
  size_t alignment = 0;
  for (const size_t size : sizes) {
    alignment = (alignment + 7) % 64;
    const Bytes input = part(buffer, alignment, size);
    for (const auto algorithm : algorithms()) {
      CHECK_EQUAL(digest(algorithm, buffer.data() + alignment, size), oracle(algorithm, input),
                  context(algorithm, size, alignment));
    }
  }
}

TEST("random lengths, alignments and pieces") {
  Random random(2);
  for (int i = 0; i < 60; i++) {
    const size_t size = random.below(i % 10 == 0 ? 3 * CHUNK : 40000), alignment = random.below(64);
    const Bytes buffer = random.bytes(size + alignment);
    const Bytes input = part(buffer, alignment, size);
    for (const auto algorithm : algorithms()) {
      const Bytes expected = oracle(algorithm, input);
      CHECK_EQUAL(digest(algorithm, buffer.data() + alignment, size), expected,
                  context(algorithm, size, alignment));
      CHECK_EQUAL(digest_in_pieces(algorithm, input, random), expected, context(algorithm, size));
    }
  }
}

TEST("a third level of fs-verity") {
  // 128 level-1 blocks fill a level-2 block: 64 MiB and a little, most of it the same.
  Bytes input(size_t{128} * CHUNK + 4097);
  input[input.size() - 1] = 7;
  const Bytes zeros(CHUNK), last = part(input, size_t{128} * CHUNK, 4097);
  const Bytes node = plain_fsverity_node(zeros), last_node = plain_fsverity_node(last);
  Bytes level2;
  for (int i = 0; i < 128; i++) level2.insert(level2.end(), node.begin(), node.end());
  Bytes level3 = plain_sha256(level2);
  Bytes padded = last_node;
  padded.resize(4096);
  const Bytes second = plain_sha256(padded);
  level3.insert(level3.end(), second.begin(), second.end());
  level3.resize(4096);
  const Bytes root = plain_sha256(level3);
  Bytes descriptor = {1, 1, 12, 0, 0, 0, 0, 0};
  for (int shift = 0; shift < 64; shift += 8)
    descriptor.push_back(static_cast<uint8_t>(uint64_t{input.size()} >> shift));
  descriptor.insert(descriptor.end(), root.begin(), root.end());
  descriptor.resize(256);
  CHECK_EQUAL(digest(VRAM_SHA256_FSVERITY, input.data(), input.size()), plain_sha256(descriptor));
}

TEST("chunk digests are the nodes of the tree, for any range") {
  Random random(3);
  const Bytes input = random.bytes(5 * CHUNK + 4097);
  for (const auto algorithm : algorithms()) {
    if (algorithm == VRAM_SHA256) continue;
    Bytes expected;
    for (size_t chunk = 0; chunk < 6; chunk++) {
      const Bytes bytes = part(input, chunk * CHUNK, CHUNK);
      const Bytes node =
          algorithm == VRAM_BLAKE3 ? plain_blake3_node(bytes, chunk * 512) : plain_fsverity_node(bytes);
      expected.insert(expected.end(), node.begin(), node.end());
    }
    for (size_t first = 0; first < 6; first++) {
      for (size_t count = 1; first + count <= 6; count++) {
        const size_t start = first * CHUNK, size = std::min(count * CHUNK, input.size() - start);
        CHECK_EQUAL(chunk_digests(algorithm, input.data() + start, size, first, input.size()),
                    part(expected, first * 32, count * 32), context(algorithm, size));
      }
    }
    Bytes found(32);
    CHECK_EQUAL(
        vram_digest_from_chunks(algorithm, instruction_set, expected.data(), 6, input.size(), found.data()),
        VRAM_OK);
    CHECK_EQUAL(found, oracle(algorithm, input), context(algorithm, input.size()));
  }
}

TEST("chunk digests recombine, whatever the number of chunks") {
  const Bytes input = pattern(17 * CHUNK + 1);
  for (const auto algorithm : algorithms()) {
    if (algorithm == VRAM_SHA256) continue;
    for (const size_t size : {size_t{0}, size_t{1}, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK,
                              5 * CHUNK + 1, 8 * CHUNK, 16 * CHUNK + 1, 17 * CHUNK + 1}) {
      const Bytes chunks = chunk_digests(algorithm, input.data(), size, 0, size);
      Bytes found(32);
      CHECK_EQUAL(vram_digest_from_chunks(algorithm, instruction_set, chunks.data(), chunks.size() / 32, size,
                                          found.data()),
                  VRAM_OK);
      CHECK_EQUAL(found, digest(algorithm, input.data(), size), context(algorithm, size));
    }
  }
}

TEST("more chunks than are held at a time") {
  const Bytes input(600 * CHUNK + 5);
  for (const auto algorithm : algorithms()) {
    if (algorithm == VRAM_SHA256) continue;
    const Bytes chunks = chunk_digests(algorithm, input.data(), input.size(), 0, input.size());
    Bytes found(32);
    CHECK_EQUAL(vram_digest_from_chunks(algorithm, instruction_set, chunks.data(), chunks.size() / 32,
                                        input.size(), found.data()),
                VRAM_OK);
    CHECK_EQUAL(digest(algorithm, input.data(), input.size()), found, context(algorithm, input.size()));
  }
}

TEST("leaf numbers beyond 32 bits") {
  const Bytes input = pattern(CHUNK);
  const uint64_t first_chunk = (uint64_t{1} << 33) / 512 * 3 - 1;
  if (instruction_set == VRAM_SHA_NI) return;
  CHECK_EQUAL(chunk_digests(VRAM_BLAKE3, input.data(), CHUNK, first_chunk, (first_chunk + 2) * CHUNK),
              plain_blake3_node(input, first_chunk * 512));
}

TEST("any number of threads gives the same") {
  Random random(4);
  const Bytes input = random.bytes(19 * CHUNK + 77);
  for (const auto algorithm : algorithms()) {
    const Bytes expected = digest(algorithm, input.data(), input.size());
    for (const size_t threads : {size_t{1}, size_t{2}, size_t{3}, size_t{8}}) {
      vram_pool* pool = nullptr;
      CHECK_EQUAL(vram_pool_create(threads, &pool), VRAM_OK);
      CHECK_EQUAL(digest(algorithm, input.data(), input.size(), pool), expected, context(algorithm, threads));
      if (algorithm != VRAM_SHA256) {
        CHECK_EQUAL(chunk_digests(algorithm, input.data(), input.size(), 0, input.size(), pool),
                    chunk_digests(algorithm, input.data(), input.size(), 0, input.size()));
      }
      vram_hasher hasher;
      CHECK_EQUAL(vram_hasher_init(&hasher, algorithm, instruction_set), VRAM_OK);
      const size_t cut = 3 * CHUNK + 5000;
      CHECK_EQUAL(vram_hasher_update(&hasher, input.data(), cut, pool), VRAM_OK);
      CHECK_EQUAL(vram_hasher_update(&hasher, input.data() + cut, input.size() - cut, pool), VRAM_OK);
      Bytes found(32);
      CHECK_EQUAL(vram_hasher_finish(&hasher, found.data()), VRAM_OK);
      CHECK_EQUAL(found, expected, context(algorithm, threads));
      vram_pool_destroy(pool);
    }
  }
}

TEST("a hasher ends, and begins anew") {
  for (const auto algorithm : algorithms()) {
    const Bytes input = pattern(5000);
    const Bytes expected = oracle(algorithm, input);
    Bytes found(32);
    vram_hasher hasher;
    CHECK_EQUAL(vram_hasher_init(&hasher, algorithm, instruction_set), VRAM_OK);
    for (int round = 0; round < 2; round++) {
      CHECK_EQUAL(vram_hasher_update(&hasher, input.data(), input.size(), nullptr), VRAM_OK);
      CHECK_EQUAL(vram_hasher_finish(&hasher, found.data()), VRAM_OK);
      CHECK_EQUAL(found, expected, context(algorithm, input.size()));
      CHECK_EQUAL(vram_hasher_update(&hasher, input.data(), 1, nullptr), VRAM_HASHER_FINISHED);
      CHECK_EQUAL(vram_hasher_finish(&hasher, found.data()), VRAM_HASHER_FINISHED);
      CHECK_EQUAL(vram_hasher_reset(&hasher), VRAM_OK);
    }
    CHECK_EQUAL(vram_hasher_update(&hasher, input.data(), 1000, nullptr), VRAM_OK);
    CHECK_EQUAL(vram_hasher_wipe(&hasher), VRAM_OK);
    CHECK_EQUAL(vram_hasher_finish(&hasher, found.data()), VRAM_HASHER_FINISHED);
  }
}

TEST("a copied hasher goes on by itself") {
  for (const auto algorithm : algorithms()) {
    const Bytes input = pattern(CHUNK + 3000);
    vram_hasher hasher;
    CHECK_EQUAL(vram_hasher_init(&hasher, algorithm, instruction_set), VRAM_OK);
    CHECK_EQUAL(vram_hasher_update(&hasher, input.data(), CHUNK + 1000, nullptr), VRAM_OK);
    vram_hasher copy = hasher;
    Bytes found(32), of_copy(32);
    CHECK_EQUAL(vram_hasher_update(&hasher, input.data() + CHUNK + 1000, 2000, nullptr), VRAM_OK);
    CHECK_EQUAL(vram_hasher_finish(&hasher, found.data()), VRAM_OK);
    CHECK_EQUAL(vram_hasher_finish(&copy, of_copy.data()), VRAM_OK);
    CHECK_EQUAL(found, oracle(algorithm, input));
    CHECK_EQUAL(of_copy, oracle(algorithm, part(input, 0, CHUNK + 1000)));
  }
}

TEST("nothing of the input is left in a hasher") {
  for (const auto algorithm : algorithms()) {
    for (const size_t size : {size_t{63}, size_t{1000}, size_t{4000}, CHUNK + 5000}) {
      for (const bool finish : {true, false}) {
        const Bytes input(size, 0xa5);
        vram_hasher hasher;
        std::memset(&hasher, 0, sizeof hasher);
        CHECK_EQUAL(vram_hasher_init(&hasher, algorithm, instruction_set), VRAM_OK);
        CHECK_EQUAL(vram_hasher_update(&hasher, input.data(), size, nullptr), VRAM_OK);
        uint8_t found[32];
        CHECK_EQUAL(finish ? vram_hasher_finish(&hasher, found) : vram_hasher_wipe(&hasher), VRAM_OK);
        const uint8_t* state = reinterpret_cast<const uint8_t*>(&hasher);
        // A marker, the algorithm and the addresses of the drivers may stay; they are where the state begins.
        constexpr size_t HEAD = 32;
        CHECK(std::all_of(state + HEAD, state + sizeof hasher, [](uint8_t byte) { return byte == 0; }));
      }
    }
  }
}

TEST("wrong arguments are refused") {
  uint8_t bytes[8] = {}, digest_bytes[64];
  vram_hasher hasher = {}, other = {};
  const auto unknown = static_cast<vram_digest_algorithm>(3);
  const auto unknown_set = static_cast<vram_instruction_set>(6);
  CHECK_EQUAL(vram_hasher_init(nullptr, VRAM_SHA256, instruction_set), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_init(&hasher, unknown, instruction_set), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_init(&hasher, VRAM_SHA256, unknown_set), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_init(&hasher, VRAM_SHA256, instruction_set), VRAM_OK);
  CHECK_EQUAL(vram_hasher_update(&hasher, nullptr, 1, nullptr), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_update(&hasher, nullptr, 0, nullptr), VRAM_OK);
  CHECK_EQUAL(vram_hasher_update(&other, bytes, 1, nullptr), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_reset(&other), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_wipe(nullptr), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hasher_finish(&hasher, nullptr), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_digest(VRAM_SHA256, instruction_set, nullptr, 1, nullptr, digest_bytes),
              VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_digest(unknown, instruction_set, bytes, 1, nullptr, digest_bytes), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_digest(VRAM_BLAKE3, VRAM_SHA_NI, bytes, 1, nullptr, digest_bytes), VRAM_UNSUPPORTED);
  CHECK_EQUAL(vram_chunk_digests(VRAM_SHA256, instruction_set, bytes, 8, 0, 8, nullptr, digest_bytes),
              VRAM_UNSUPPORTED);
  CHECK_EQUAL(vram_digest_from_chunks(VRAM_SHA256, instruction_set, digest_bytes, 1, 8, digest_bytes),
              VRAM_UNSUPPORTED);
  CHECK_EQUAL(vram_digest_from_chunks(VRAM_BLAKE3, instruction_set, digest_bytes, 2, 8, digest_bytes),
              VRAM_INVALID_ARGUMENT);
}

TEST("bytes that are not whole chunks of their input are refused") {
  const Bytes bytes(3 * CHUNK);
  Bytes found(4 * 32);
  const uint64_t input = 2 * CHUNK + 10;
  const struct {
    size_t size;
    uint64_t first_chunk;
  } wrong[] = {{CHUNK, 3}, {11, 2}, {CHUNK + 1, 0}, {9, 2}, {0, 0}, {0, 3}, {CHUNK, ~uint64_t{0}}};
  for (const auto& range : wrong) {
    CHECK_EQUAL(vram_chunk_digests(VRAM_SHA256_FSVERITY, instruction_set, bytes.data(), range.size,
                                   range.first_chunk, input, nullptr, found.data()),
                VRAM_INVALID_ARGUMENT, context(VRAM_SHA256_FSVERITY, range.size));
  }
  CHECK_EQUAL(vram_chunk_digests(VRAM_SHA256_FSVERITY, instruction_set, bytes.data(), 10, 2, input, nullptr,
                                 found.data()),
              VRAM_OK);
}

TEST("the set that runs is told") {
  vram_instruction_set chosen = VRAM_BEST;
  CHECK_EQUAL(vram_instruction_set_for(VRAM_SHA256, instruction_set, &chosen), VRAM_OK);
  CHECK(instruction_set == VRAM_BEST ? chosen != VRAM_BEST : chosen == instruction_set);
  CHECK_EQUAL(vram_instruction_set_for(VRAM_BLAKE3, VRAM_SHA_NI, &chosen), VRAM_UNSUPPORTED);
  CHECK_EQUAL(vram_instruction_set_for(VRAM_SHA256, instruction_set, nullptr), VRAM_INVALID_ARGUMENT);
}
