// The kernels against the hash core of the host.
#include <memory>
#include <thread>

#include "cases.h"

namespace vram_test {

namespace {

/// The threads that check what the device computed.
class Pool {
 public:
  Pool() { CHECK(vram_pool_create(std::max(1u, std::thread::hardware_concurrency()), &pool_) == VRAM_OK); }
  ~Pool() { vram_pool_destroy(pool_); }

  vram_pool* get() const { return pool_; }

 private:
  vram_pool* pool_ = nullptr;
};

void compare(const Opened& device, std::uint64_t allocation, const Bytes& bytes, std::uint64_t offset,
             std::uint64_t length, const Pool& pool) {
  for (const auto tree : TREES) {
    const Digest wanted = expected(tree, bytes.data() + offset, length, pool.get());
    CHECK(device.digest(allocation, tree, offset, length, 0) == wanted);
  }
}

}  // namespace

/// Lengths and offsets of every size up to the shard's, which is several times the largest L2.
int random_lengths(const Subject& subject) {
  constexpr int ROUNDS = 40;
  const Pool pool;
  const Opened device(subject.driver, 0);
  const Bytes bytes = random_bytes(subject.shard_bytes + 4097, 1);
  const std::uint64_t allocation = device.filled(bytes);
  compare(device, allocation, bytes, 0, bytes.size(), pool);
  std::mt19937_64 random(2);
  for (int i = 0; i < ROUNDS; i++) {
    // Each magnitude is as likely as the others.
    const std::uint64_t most = std::max<std::uint64_t>(1, bytes.size() >> (random() % 24));
    const std::uint64_t length = 1 + random() % most;
    compare(device, allocation, bytes, random() % (bytes.size() - length + 1), length, pool);
  }
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  return 0;
}

/// More shards than one grid takes, all asked for before the first is done.
int many_shards(const Subject& subject) {
  constexpr std::size_t COUNT = 150;
  const Opened device(subject.driver, 0);
  std::mt19937_64 random(3);
  std::vector<Bytes> contents;
  std::vector<std::uint64_t> allocations;
  for (std::size_t i = 0; i < COUNT; i++) {
    contents.push_back(random_bytes(1 + random() % (subject.shard_bytes / 64), 10 + i));
    allocations.push_back(device.filled(contents.back()));
  }
  for (const auto tree : TREES) {
    std::vector<Digest> digests(COUNT);
    std::vector<std::unique_ptr<Waiting>> requests;
    for (std::size_t i = 0; i < COUNT; i++) {
      digests[i].fill(0xcc);
      requests.push_back(std::make_unique<Waiting>(VRAM_DIGEST, allocations[i]));
      requests.back()->native.algorithm = tree;
      requests.back()->native.length = contents[i].size();
      requests.back()->native.target = digests[i].data();
      vram_device_submit(device.get(), &requests.back()->native);
    }
    for (std::size_t i = 0; i < COUNT; i++) {
      CHECK(requests[i]->wait() == VRAM_OK);
      CHECK(digests[i] == expected(tree, contents[i].data(), contents[i].size()));
    }
  }
  for (const std::uint64_t allocation : allocations) CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  return 0;
}

/// The same digest in slices, beside foreground work.
int background_slices(const Subject& subject) {
  const Pool pool;
  const Opened device(subject.driver, 0);
  const Bytes bytes = random_bytes(subject.shard_bytes + 12'345, 4);
  const std::uint64_t allocation = device.filled(bytes);
  for (const auto tree : TREES) {
    const Digest wanted = expected(tree, bytes.data(), bytes.size(), pool.get());
    Digest digest;
    digest.fill(0xcc);
    Waiting background(VRAM_DIGEST, allocation);
    background.native.algorithm = tree;
    background.native.length = bytes.size();
    background.native.flags = VRAM_REQUEST_BACKGROUND;
    background.native.target = digest.data();
    vram_device_submit(device.get(), &background.native);
    CHECK(device.digest(allocation, tree, 0, bytes.size(), 0) == wanted);
    CHECK(background.wait() == VRAM_OK);
    CHECK(digest == wanted);
  }
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  return 0;
}

}  // namespace vram_test
