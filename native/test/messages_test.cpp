#include "vram/messages.h"

#include "bytes.h"
#include "check.h"
#include "oracle/plain.h"

using namespace vram_test;

namespace {

Bytes slice_of(const Bytes& bytes, const vram_slice& slice) {
  const auto first = bytes.begin() + slice.offset;
  return Bytes(first, first + slice.size);
}

Bytes with_prefix(uint8_t prefix, Bytes message) {
  message.insert(message.begin(), prefix);
  return message;
}

Bytes digest_at(const Bytes& digests, size_t i) {
  const auto first = digests.begin() + static_cast<std::ptrdiff_t>(32 * i);
  return Bytes(first, first + 32);
}

/// Messages of every length near the ends of blocks, in disorder, some of them overlapping, some long.
std::vector<vram_slice> slices_in(size_t size, size_t count, Random& random) {
  std::vector<vram_slice> slices;
  for (size_t i = 0; i < count; i++) {
    const size_t most = i % 11 == 10 ? 5000 : 200;
    const auto offset = static_cast<uint32_t>(random.below(size - most));
    slices.push_back({offset, static_cast<uint32_t>(i < 200 ? i : random.below(most))});
  }
  return slices;
}

}  // namespace

TEST("SHA-256 of many messages, with and without a prefix") {
  Random random(11);
  const Bytes bytes = random.bytes(20000);
  for (const size_t count :
       {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{15}, size_t{16}, size_t{17}, size_t{700}}) {
    const std::vector<vram_slice> slices = slices_in(bytes.size(), count, random);
    Bytes digests(32 * count), leaves(32 * count), last(32 * count);
    CHECK_EQUAL(vram_sha256_messages(instruction_set, VRAM_NO_PREFIX, bytes.data(), bytes.size(),
                                     slices.data(), count, digests.data()),
                VRAM_OK);
    CHECK_EQUAL(vram_sha256_messages(instruction_set, 0, bytes.data(), bytes.size(), slices.data(), count,
                                     leaves.data()),
                VRAM_OK);
    CHECK_EQUAL(vram_sha256_messages(instruction_set, 255, bytes.data(), bytes.size(), slices.data(), count,
                                     last.data()),
                VRAM_OK);
    for (size_t i = 0; i < count; i++) {
      const Bytes message = slice_of(bytes, slices[i]);
      const std::string context = std::to_string(message.size()) + " bytes";
      CHECK_EQUAL(digest_at(digests, i), plain_sha256(message), context);
      CHECK_EQUAL(digest_at(leaves, i), plain_sha256(with_prefix(0, message)), context);
      CHECK_EQUAL(digest_at(last, i), plain_sha256(with_prefix(255, message)), context);
    }
  }
}

TEST("HMAC-SHA256 of many messages, under keys of any length") {
  Random random(12);
  const Bytes bytes = random.bytes(20000);
  for (const size_t key_size : {size_t{0}, size_t{16}, size_t{32}, size_t{64}, size_t{65}, size_t{200}}) {
    const Bytes key = random.bytes(key_size);
    vram_mac_key prepared;
    CHECK_EQUAL(vram_mac_key_init(&prepared, key.data(), key.size()), VRAM_OK);
    const std::vector<vram_slice> slices = slices_in(bytes.size(), 300, random);
    Bytes macs(32 * slices.size());
    CHECK_EQUAL(vram_hmac_sha256_messages(instruction_set, &prepared, bytes.data(), bytes.size(),
                                          slices.data(), slices.size(), macs.data()),
                VRAM_OK);
    for (size_t i = 0; i < slices.size(); i++) {
      const Bytes message = slice_of(bytes, slices[i]);
      CHECK_EQUAL(digest_at(macs, i), plain_hmac_sha256(key, message),
                  std::to_string(message.size()) + " bytes");
    }
    CHECK_EQUAL(vram_mac_key_wipe(&prepared), VRAM_OK);
    for (int i = 0; i < 8; i++) CHECK(prepared.inner[i] == 0 && prepared.outer[i] == 0);
  }
}

// RFC 4231, test cases 1 and 6.
TEST("HMAC-SHA256 of the RFC") {
  const struct {
    Bytes key;
    std::string message;
    const char* mac;
  } cases[] = {
      {Bytes(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const auto& known : cases) {
    vram_mac_key key;
    CHECK_EQUAL(vram_mac_key_init(&key, known.key.data(), known.key.size()), VRAM_OK);
    const vram_slice slice = {0, static_cast<uint32_t>(known.message.size())};
    Bytes mac(32);
    CHECK_EQUAL(vram_hmac_sha256_messages(instruction_set, &key, known.message.data(), known.message.size(),
                                          &slice, 1, mac.data()),
                VRAM_OK);
    CHECK_EQUAL(to_hex(mac), std::string(known.mac));
  }
}

TEST("Merkle levels") {
  Random random(13);
  for (const size_t pairs :
       {size_t{0}, size_t{1}, size_t{2}, size_t{7}, size_t{16}, size_t{33}, size_t{128}}) {
    const Bytes nodes = random.bytes(64 * pairs);
    Bytes parents(32 * pairs);
    CHECK_EQUAL(vram_merkle_level(instruction_set, nodes.data(), pairs, parents.data()), VRAM_OK);
    for (size_t i = 0; i < pairs; i++) {
      const Bytes pair = slice_of(nodes, {static_cast<uint32_t>(64 * i), 64});
      CHECK_EQUAL(digest_at(parents, i), plain_sha256(with_prefix(1, pair)));
    }
  }
}

TEST("messages that leave their bytes are refused") {
  const Bytes bytes(100);
  Bytes out(32);
  vram_mac_key key;
  CHECK_EQUAL(vram_mac_key_init(&key, bytes.data(), 32), VRAM_OK);
  for (const vram_slice slice : {vram_slice{0, 101}, vram_slice{101, 0}, vram_slice{99, 2},
                                 vram_slice{UINT32_MAX, 1}, vram_slice{1, UINT32_MAX}}) {
    CHECK_EQUAL(vram_sha256_messages(instruction_set, 0, bytes.data(), bytes.size(), &slice, 1, out.data()),
                VRAM_INVALID_ARGUMENT);
    CHECK_EQUAL(
        vram_hmac_sha256_messages(instruction_set, &key, bytes.data(), bytes.size(), &slice, 1, out.data()),
        VRAM_INVALID_ARGUMENT);
  }
  const vram_slice all = {0, 100};
  CHECK_EQUAL(vram_sha256_messages(instruction_set, 256, bytes.data(), 100, &all, 1, out.data()),
              VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_sha256_messages(instruction_set, -2, bytes.data(), 100, &all, 1, out.data()),
              VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_sha256_messages(instruction_set, 0, nullptr, 100, &all, 1, out.data()),
              VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_sha256_messages(instruction_set, 0, bytes.data(), 100, nullptr, 1, out.data()),
              VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_hmac_sha256_messages(instruction_set, nullptr, bytes.data(), 100, &all, 1, out.data()),
              VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_merkle_level(instruction_set, nullptr, 1, out.data()), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_mac_key_init(nullptr, bytes.data(), 1), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_mac_key_init(&key, nullptr, 1), VRAM_INVALID_ARGUMENT);
}
