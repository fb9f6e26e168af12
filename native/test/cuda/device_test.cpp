// The C interface over the stand-in driver: device_test STAND_IN.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "device_client.h"
#include "stand-in/control.h"

namespace {

using namespace vram_test;

constexpr std::uint64_t MIB = 1 << 20;

void test_random_ranges(const Opened& device) {
  const Bytes bytes = random_bytes(9 * MIB + 77, 1);
  const std::uint64_t allocation = device.filled(bytes);
  std::mt19937_64 random(2);
  for (int i = 0; i < 60; i++) {
    const std::uint64_t offset = random() % bytes.size();
    const std::uint64_t most =
        i % 3 == 0 ? bytes.size() - offset : std::min<std::uint64_t>(9000, bytes.size() - offset);
    const std::uint64_t length = 1 + random() % most;
    for (const auto tree : TREES) {
      CHECK(device.digest(allocation, tree, offset, length, 0) ==
            expected(tree, bytes.data() + offset, length));
    }
  }
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

/// More than one background grid, and than one piece of it.
void test_background(const Opened& device) {
  const Bytes bytes = random_bytes(150 * MIB + 12345, 3);
  const std::uint64_t allocation = device.filled(bytes);
  for (const auto tree : TREES) {
    const Digest digest = device.digest(allocation, tree, 0, bytes.size(), VRAM_REQUEST_BACKGROUND);
    CHECK(digest == expected(tree, bytes.data(), bytes.size()));
    CHECK(digest == device.digest(allocation, tree, 0, bytes.size(), 0));
    const Bytes chunks = device.chunks(allocation, tree, bytes.size(), VRAM_REQUEST_BACKGROUND);
    CHECK(chunks == device.chunks(allocation, tree, bytes.size(), 0));
  }
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

void test_many_at_once(const Opened& device) {
  std::vector<Bytes> contents;
  std::vector<std::uint64_t> allocations;
  for (std::size_t i = 0; i < 8; i++) {
    contents.push_back(random_bytes(1 + i * 300'001, 10 + i));
    allocations.push_back(device.filled(contents.back()));
  }
  constexpr std::size_t COUNT = 150;
  std::vector<Digest> digests(COUNT);
  std::vector<std::unique_ptr<Waiting>> requests;
  for (std::size_t i = 0; i < COUNT; i++) {
    // Every seventh is of memory that is not there, and must not spoil the others.
    const bool freed = i % 7 == 6;
    requests.push_back(std::make_unique<Waiting>(VRAM_DIGEST, freed ? 999'999 : allocations[i % 8]));
    requests.back()->native.algorithm = i % 11 == 0 ? VRAM_SHA256_FSVERITY : VRAM_BLAKE3;
    requests.back()->native.length = contents[i % 8].size();
    requests.back()->native.target = digests[i].data();
    vram_device_submit(device.get(), &requests.back()->native);
  }
  for (std::size_t i = 0; i < COUNT; i++) {
    CHECK(requests[i]->wait() == (i % 7 == 6 ? VRAM_ALLOCATION_FREED : VRAM_OK));
    if (i % 7 == 6) continue;
    const auto tree = i % 11 == 0 ? VRAM_SHA256_FSVERITY : VRAM_BLAKE3;
    CHECK(digests[i] == expected(tree, contents[i % 8].data(), contents[i % 8].size()));
  }
  for (const std::uint64_t allocation : allocations) CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

void test_chunks(const Opened& device) {
  const Bytes bytes = random_bytes(3 * VRAM_CHUNK_BYTES + 5001, 30);
  const std::uint64_t allocation = device.filled(bytes);
  for (const auto tree : TREES) {
    Bytes wanted(4 * VRAM_DIGEST_BYTES);
    CHECK(vram_chunk_digests(tree, VRAM_BEST, bytes.data(), bytes.size(), 0, bytes.size(), nullptr,
                             wanted.data()) == VRAM_OK);
    CHECK(device.chunks(allocation, tree, bytes.size(), 0) == wanted);
  }
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

void test_protection(const Opened& device, decltype(stand_in_flip_bit)* flip_bit) {
  const Bytes bytes = random_bytes(5 * MIB, 40);
  const std::uint64_t allocation = device.filled(bytes);
  Waiting protect(VRAM_PROTECT, allocation);
  CHECK(protect.run(device.get()) == VRAM_OK);
  CHECK(protect.native.facts.read_only == 1 && protect.native.facts.exclusive == 1);
  Waiting write(VRAM_WRITE, allocation);
  write.native.length = 1;
  write.native.source = bytes.data();
  CHECK(write.run(device.get()) == VRAM_READ_ONLY);
  const Digest before = device.digest(allocation, VRAM_BLAKE3, 0, bytes.size(), 0);
  CHECK(flip_bit(0, 4'000'000, 3) == 1);
  CHECK(device.digest(allocation, VRAM_BLAKE3, 0, bytes.size(), 0) != before);
  CHECK(device.run(VRAM_ZERO, allocation) == VRAM_OK);
  const Bytes zeros(bytes.size());
  CHECK(device.digest(allocation, VRAM_BLAKE3, 0, bytes.size(), 0) ==
        expected(VRAM_BLAKE3, zeros.data(), zeros.size()));
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  CHECK(device.run(VRAM_ZERO, allocation) == VRAM_ALLOCATION_FREED);
}

/// What became of holding memory of somebody else, given by a descriptor or an address.
vram_status hold(const Opened& device, vram_operation operation, int descriptor, std::uint64_t pointer,
                 std::uint64_t length, vram_request& held) {
  Waiting request(operation);
  request.native.descriptor = descriptor;
  request.native.device_pointer = pointer;
  request.native.length = length;
  const vram_status status = request.run(device.get());
  held = request.native;
  return status;
}

/// What is not this device's to change, and is read all the same.
void check_foreign(const Opened& device, const vram_request& held, const Bytes& bytes) {
  CHECK(held.allocated_bytes == 0);
  CHECK(held.facts.exclusive == 0 && held.facts.exportable == 0);
  CHECK(held.facts.mapped == 1 && held.facts.memory_type == VRAM_MEMORY_TYPE_DEVICE);
  const std::uint64_t allocation = held.allocation;
  for (const auto tree : TREES) {
    CHECK(device.digest(allocation, tree, 0, bytes.size(), 0) == expected(tree, bytes.data(), bytes.size()));
  }
  Waiting write(VRAM_WRITE, allocation);
  write.native.length = 1;
  write.native.source = bytes.data();
  CHECK(write.run(device.get()) == VRAM_NOT_OWNED);
  CHECK(device.run(VRAM_ZERO, allocation) == VRAM_NOT_OWNED);
  CHECK(device.run(VRAM_EXPORT, allocation) == VRAM_NOT_EXPORTABLE);
  CHECK(device.run(VRAM_PROTECT, allocation) == VRAM_OK);
}

void test_export(const Opened& device, vram_driver* driver) {
  const Bytes bytes = random_bytes(3 * MIB + 5, 80);
  Waiting allocate(VRAM_ALLOCATE);
  allocate.native.length = bytes.size();
  allocate.native.flags = VRAM_REQUEST_EXPORTABLE;
  CHECK(allocate.run(device.get()) == VRAM_OK);
  CHECK(allocate.native.facts.exportable == 1 && allocate.native.facts.exclusive == 0);
  const std::uint64_t allocation = allocate.native.allocation;
  device.write(allocation, 0, bytes);
  Waiting exported(VRAM_EXPORT, allocation);
  CHECK(exported.run(device.get()) == VRAM_OK);
  const int descriptor = exported.native.descriptor;
  CHECK((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);

  const Opened other(driver, 0);
  vram_request held{};
  CHECK(hold(other, VRAM_IMPORT, descriptor, 0, 1 + 4 * MIB, held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(other, VRAM_IMPORT, descriptor, 0, 1, held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(other, VRAM_IMPORT, descriptor, 0, UINT64_MAX, held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(other, VRAM_IMPORT, descriptor, 0, 0, held) == VRAM_INVALID_ARGUMENT);
  CHECK(hold(other, VRAM_IMPORT, STDERR_FILENO, 0, bytes.size(), held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(other, VRAM_IMPORT, descriptor, 0, bytes.size(), held) == VRAM_OK);
  close(descriptor);
  vram_request none{};
  CHECK(hold(other, VRAM_IMPORT, descriptor, 0, bytes.size(), none) == VRAM_NOT_ADOPTABLE);
  CHECK(held.facts.read_only == 1 && held.facts.access == VRAM_ACCESS_READ);
  check_foreign(other, held, bytes);

  // The owner still writes, and what it wrote shows.
  device.write(allocation, 1000, Bytes{1, 2, 3});
  const Digest changed = device.digest(allocation, VRAM_BLAKE3, 0, bytes.size(), 0);
  CHECK(other.digest(held.allocation, VRAM_BLAKE3, 0, bytes.size(), 0) == changed);
  CHECK(changed != expected(VRAM_BLAKE3, bytes.data(), bytes.size()));
  // The mapping outlives the owner's.
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  CHECK(other.digest(held.allocation, VRAM_BLAKE3, 0, bytes.size(), 0) == changed);
  CHECK(other.run(VRAM_FREE, held.allocation) == VRAM_OK);
  CHECK(other.run(VRAM_FREE, held.allocation) == VRAM_OK);

  const std::uint64_t alone = device.filled(Bytes(100));
  CHECK(device.run(VRAM_EXPORT, alone) == VRAM_NOT_EXPORTABLE);
  CHECK(device.run(VRAM_FREE, alone) == VRAM_OK);
  CHECK(device.run(VRAM_EXPORT, alone) == VRAM_ALLOCATION_FREED);
}

void test_adoption(const Opened& device, vram_driver* driver) {
  const Bytes bytes = random_bytes(2 * MIB + 7, 81);
  const Opened owner(driver, 0);
  Waiting allocate(VRAM_ALLOCATE);
  allocate.native.length = bytes.size();
  CHECK(allocate.run(owner.get()) == VRAM_OK);
  const std::uint64_t pointer = allocate.native.device_pointer;
  owner.write(allocate.native.allocation, 0, bytes);
  // A library hands over what it has finished writing.
  owner.digest(allocate.native.allocation, VRAM_BLAKE3, 0, bytes.size(), 0);

  vram_request held{};
  CHECK(hold(device, VRAM_ADOPT, 0, pointer, 4 * MIB + 1, held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(device, VRAM_ADOPT, 0, pointer + 5, UINT64_MAX, held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(device, VRAM_ADOPT, 0, 4096, 1, held) == VRAM_NOT_ADOPTABLE);
  CHECK(hold(device, VRAM_ADOPT, 0, pointer, 0, held) == VRAM_INVALID_ARGUMENT);
  // A library may give out part of what it allocated.
  CHECK(hold(device, VRAM_ADOPT, 0, pointer + 5, bytes.size() - 5, held) == VRAM_OK);
  check_foreign(device, held, Bytes(bytes.begin() + 5, bytes.end()));
  CHECK(device.run(VRAM_FREE, held.allocation) == VRAM_OK);

  CHECK(hold(device, VRAM_ADOPT, 0, pointer, bytes.size(), held) == VRAM_OK);
  CHECK(held.facts.read_only == 0 && held.facts.access == VRAM_ACCESS_READ_WRITE);
  CHECK(owner.run(VRAM_PROTECT, allocate.native.allocation) == VRAM_OK);
  Waiting observed(VRAM_PROTECT, held.allocation);
  CHECK(observed.run(device.get()) == VRAM_OK);
  CHECK(observed.native.facts.read_only == 1);
  CHECK(device.run(VRAM_FREE, held.allocation) == VRAM_OK);
  // Freed here, and nothing happened to the owner's.
  CHECK(owner.digest(allocate.native.allocation, VRAM_BLAKE3, 0, bytes.size(), 0) ==
        expected(VRAM_BLAKE3, bytes.data(), bytes.size()));
}

void test_cancellation(const Opened& device) {
  const Bytes bytes = random_bytes(100 * MIB, 50);
  const std::uint64_t allocation = device.filled(bytes);
  Digest digest;
  Waiting request(VRAM_DIGEST, allocation);
  request.native.length = bytes.size();
  request.native.flags = VRAM_REQUEST_BACKGROUND;
  request.native.target = digest.data();
  vram_request_cancel(&request.native);
  CHECK(request.run(device.get()) == VRAM_CANCELLED);
  Waiting late(VRAM_DIGEST, allocation);
  late.native.length = bytes.size();
  late.native.flags = VRAM_REQUEST_BACKGROUND;
  late.native.target = digest.data();
  vram_device_submit(device.get(), &late.native);
  vram_request_cancel(&late.native);
  const vram_status status = late.wait();
  CHECK(status == VRAM_CANCELLED || digest == expected(VRAM_BLAKE3, bytes.data(), bytes.size()));
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

void test_device(vram_driver* driver, decltype(stand_in_flip_bit)* flip_bit) {
  Opened device(driver, 0);
  CHECK(device.facts().simulated == 1);
  test_random_ranges(device);
  test_background(device);
  test_many_at_once(device);
  test_chunks(device);
  test_protection(device, flip_bit);
  test_export(device, driver);
  test_adoption(device, driver);
  test_cancellation(device);
  device.filled(random_bytes(MIB, 60));
  CHECK(device.run(VRAM_CLOSE) == VRAM_OK);
  CHECK(device.run(VRAM_CLOSE) == VRAM_OK);
  CHECK(device.run(VRAM_MEMORY) == VRAM_DEVICE_CLOSED);
}

/// Several handles on the same device, and one that nobody closes.
void test_threads(vram_driver* driver) {
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; i++) {
    threads.emplace_back([driver, i] {
      const Opened device(driver, 0);
      for (std::uint64_t round = 0; round < 5; round++) {
        const Bytes bytes = random_bytes(MIB + i * 1000 + round, 70 + i);
        const std::uint64_t allocation = device.filled(bytes);
        CHECK(device.digest(allocation, VRAM_BLAKE3, 0, bytes.size(), 0) ==
              expected(VRAM_BLAKE3, bytes.data(), bytes.size()));
        if (round % 2 == 0) CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return 2;
  auto* held = reinterpret_cast<decltype(stand_in_held)*>(dlsym(library, "stand_in_held"));
  auto* violations = reinterpret_cast<decltype(stand_in_violations)*>(dlsym(library, "stand_in_violations"));
  auto* flip_bit = reinterpret_cast<decltype(stand_in_flip_bit)*>(dlsym(library, "stand_in_flip_bit"));

  vram_driver* none = nullptr;
  vram_cause cause{};
  CHECK(vram_driver_open("/nowhere/libcuda.so", &none, &cause) == VRAM_NO_DRIVER);
  CHECK(std::strlen(cause.text) > 0);
  vram_driver* driver = nullptr;
  CHECK(vram_driver_open(arguments[1], &driver, &cause) == VRAM_OK);
  vram_device* absent = nullptr;
  vram_device_facts facts{};
  CHECK(vram_device_open(driver, 7, &absent, &facts, &cause) == VRAM_NO_SUCH_DEVICE);
  test_device(driver, flip_bit);
  test_threads(driver);
  vram_driver_close(driver);
  for (const char* kind : {"handles", "reservations", "mappings", "allocations", "host", "streams", "events",
                           "modules", "contexts"}) {
    CHECK(held(kind) == 0);
  }
  CHECK(violations() == 0);
  return vram_test::failures == 0 ? 0 : 1;
}
