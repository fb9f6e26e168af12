// What happens to device memory that others write, and what is left of it in the end.
#include "cases.h"
#include "store-kernel/store_kernel.h"

namespace vram_test {

using namespace vram::cuda;

namespace {

std::uint64_t free_bytes(const Opened& device) {
  Waiting memory(VRAM_MEMORY);
  CHECK(memory.run(device.get()) == VRAM_OK);
  return memory.native.free_bytes;
}

/// A shard with known bytes, and where it lies.
Opened::Allocated shard(const Opened& device, const Bytes& bytes) {
  const Opened::Allocated allocated = device.allocate(bytes.size());
  device.write(allocated.number, 0, bytes);
  return allocated;
}

}  // namespace

/// Freed memory, and what a closed device still held, is the driver's again.
int memory_returns(const Subject& subject) {
  // Drivers keep some memory of a context to themselves, and others may use the device.
  const std::uint64_t slack = subject.shard_bytes / 4;
  const Bytes bytes = random_bytes(subject.shard_bytes, 5);
  Opened device(subject.driver, 0);
  const std::uint64_t before = free_bytes(device);
  const std::uint64_t allocation = device.filled(bytes);
  CHECK(free_bytes(device) + bytes.size() <= before + slack);
  CHECK(device.run(VRAM_PROTECT, allocation) == VRAM_OK);
  CHECK(device.run(VRAM_ZERO, allocation) == VRAM_OK);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  CHECK(free_bytes(device) + slack >= before);
  device.filled(bytes);
  CHECK(device.run(VRAM_CLOSE) == VRAM_OK);
  const Opened again(subject.driver, 0);
  CHECK(free_bytes(again) + slack >= before);
  return 0;
}

/// A byte that a kernel changes in memory which takes writes shows in the digests.
int corruption(const Subject& subject) {
  const Bytes bytes = random_bytes(subject.shard_bytes, 6);
  const Opened device(subject.driver, 0);
  const Opened::Allocated shard_of = shard(device, bytes);
  const Driver driver(subject.stand_in);
  StoreKernel kernel(driver, 0);
  for (const auto tree : TREES) {
    const Digest before = device.digest(shard_of.number, tree, 0, bytes.size(), 0);
    CHECK(before == expected(tree, bytes.data(), bytes.size()));
    const std::uint64_t at = bytes.size() - 12'345;
    CHECK(kernel.store(shard_of.address + at, bytes[at] ^ 1) == CUDA_SUCCESS);
    CHECK(device.digest(shard_of.number, tree, 0, bytes.size(), 0) != before);
    CHECK(kernel.store(shard_of.address + at, bytes[at]) == CUDA_SUCCESS);
    CHECK(device.digest(shard_of.number, tree, 0, bytes.size(), 0) == before);
  }
  CHECK(device.run(VRAM_FREE, shard_of.number) == VRAM_OK);
  return 0;
}

/// The store of a kernel into protected memory fails, and with it everything that comes after in this
/// process.
int refused_store(const Subject& subject) {
  const Bytes bytes = random_bytes(subject.shard_bytes, 7);
  const Opened device(subject.driver, 0);
  if (device.facts().mps == 1) {
    std::printf("not run: MPS serves the device, and the fault would be that of its other clients too\n");
    return NOT_RUN;
  }
  const Opened::Allocated shard_of = shard(device, bytes);
  Waiting protect(VRAM_PROTECT, shard_of.number);
  CHECK(protect.run(device.get()) == VRAM_OK);
  if (protect.native.facts.read_only != 1) {
    std::printf("not run: this driver cannot protect memory\n");
    return NOT_RUN;
  }
  const Digest before = device.digest(shard_of.number, VRAM_BLAKE3, 0, bytes.size(), 0);
  CHECK(before == expected(VRAM_BLAKE3, bytes.data(), bytes.size()));
  const Driver driver(subject.stand_in);
  StoreKernel kernel(driver, 0);
  CHECK(status_of(kernel.store(shard_of.address, bytes[0] ^ 1)) == VRAM_DEVICE_LOST);
  Digest after;
  Waiting digest(VRAM_DIGEST, shard_of.number);
  digest.native.length = bytes.size();
  digest.native.target = after.data();
  CHECK(digest.run(device.get()) == VRAM_DEVICE_LOST);
  // What is lost counts as freed: nobody could ever give it back otherwise.
  CHECK(device.run(VRAM_FREE, shard_of.number) == VRAM_OK);
  CHECK(device.run(VRAM_CLOSE) == VRAM_OK);
  return 0;
}

}  // namespace vram_test
