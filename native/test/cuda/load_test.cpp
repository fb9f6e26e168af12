// Loading files through the C interface over the stand-in driver: load_test STAND_IN.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <thread>

#include "device_client.h"
#include "stand-in/control.h"

namespace {

using namespace vram_test;

constexpr std::uint64_t MIB = 1 << 20;
/// What one pinned buffer holds.
constexpr std::uint64_t BUFFER = 32 * MIB;
constexpr std::uint32_t ALL_DIGESTS = 1u << VRAM_BLAKE3 | 1u << VRAM_SHA256_FSVERITY | 1u << VRAM_SHA256;

/// A file that has no name.
class File {
 public:
  explicit File(const Bytes& bytes) : descriptor_(memfd_create("load_test", MFD_CLOEXEC)) {
    CHECK(pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  ~File() { close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

/// A load that counts its steps, and may do something at the first.
struct Loading : Waiting {
  Digest digests[3];
  std::uint64_t steps = 0;
  void (*at_first_step)(Loading& loading) = nullptr;
  vram_device* device = nullptr;

  Loading(std::uint64_t allocation, int descriptor, std::uint64_t length, std::uint32_t wanted = 0)
      : Waiting(VRAM_LOAD, allocation) {
    native.descriptor = descriptor;
    native.length = length;
    native.digests = wanted;
    native.target = digests[0].data();
    native.progress = [](vram_request* request) {
      // The request is the first member of what `context` names.
      auto& loading = *static_cast<Loading*>(static_cast<Waiting*>(request->context));
      if (loading.steps++ == 0 && loading.at_first_step != nullptr) loading.at_first_step(loading);
    };
  }
};

Bytes read_back(const Opened& device, std::uint64_t allocation, std::uint64_t length) {
  Bytes bytes(length);
  Waiting read(VRAM_READ, allocation);
  read.native.length = length;
  read.native.target = bytes.data();
  CHECK(read.run(device.get()) == VRAM_OK);
  return bytes;
}

void test_lengths(const Opened& device) {
  const Bytes bytes = random_bytes(4 * BUFFER + 12345, 1);
  const File file(bytes);
  const std::uint64_t sizes[] = {1,      4 * MIB - 1,    4 * MIB + 1,    BUFFER - 1,
                                 BUFFER, 2 * BUFFER + 1, 3 * BUFFER + 7, bytes.size()};
  for (const std::uint64_t size : sizes) {
    const std::uint64_t allocation = device.allocate(size).number;
    Loading load(allocation, file.descriptor(), size, ALL_DIGESTS);
    CHECK(load.run(device.get()) == VRAM_OK);
    CHECK(load.native.loaded_bytes == size);
    CHECK(load.steps == (size + BUFFER - 1) / BUFFER);
    for (const auto algorithm : {VRAM_BLAKE3, VRAM_SHA256_FSVERITY, VRAM_SHA256})
      CHECK(load.digests[algorithm] == expected(algorithm, bytes.data(), size));
    CHECK(device.digest(allocation, VRAM_BLAKE3, 0, size, 0) == load.digests[VRAM_BLAKE3]);
    CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  }
}

/// Into a part of an allocation, with some digests or none.
void test_ranges(const Opened& device) {
  const Bytes bytes = random_bytes(BUFFER + 3, 2);
  const File file(bytes);
  const Bytes before = random_bytes(BUFFER + 5 * MIB, 3);
  const std::uint64_t allocation = device.filled(before);
  Loading load(allocation, file.descriptor(), bytes.size(), 1u << VRAM_SHA256);
  load.native.offset = 12'345;
  CHECK(load.run(device.get()) == VRAM_OK);
  CHECK(load.digests[0] == expected(VRAM_SHA256, bytes.data(), bytes.size()));
  Bytes wanted = before;
  std::copy(bytes.begin(), bytes.end(), wanted.begin() + 12'345);
  CHECK(read_back(device, allocation, wanted.size()) == wanted);
  CHECK(Loading(allocation, file.descriptor(), 7).run(device.get()) == VRAM_OK);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

void test_short_file(const Opened& device) {
  for (const std::uint64_t size : {std::uint64_t{0}, 5 * MIB + 1, BUFFER, BUFFER + 1}) {
    const Bytes bytes = random_bytes(size, 4);
    const File file(bytes);
    const std::uint64_t allocation = device.allocate(2 * BUFFER).number;
    Loading load(allocation, file.descriptor(), 2 * BUFFER, 1u << VRAM_BLAKE3);
    CHECK(load.run(device.get()) == VRAM_OK);
    CHECK(load.native.loaded_bytes == size);
    CHECK(load.digests[0] == expected(VRAM_BLAKE3, bytes.data(), size));
    CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  }
}

void test_unreadable_file(const Opened& device) {
  const std::uint64_t allocation = device.allocate(BUFFER).number;
  int ends[2];
  CHECK(pipe(ends) == 0);
  // Nothing is mapped at the address 0, which gives EIO.
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  const int directory = open("/", O_RDONLY | O_CLOEXEC);
  for (const int descriptor : {-1, memory, directory, ends[0]}) {
    Loading load(allocation, descriptor, BUFFER, ALL_DIGESTS);
    CHECK(load.run(device.get()) == VRAM_FILE_UNREADABLE);
    CHECK(std::strncmp(load.native.cause.text, "pread: errno ", 13) == 0);
  }
  for (const int descriptor : {memory, directory, ends[0], ends[1]}) close(descriptor);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

void test_refusals(const Opened& device) {
  const Bytes bytes = random_bytes(4096, 5);
  const File file(bytes);
  const std::uint64_t allocation = device.filled(bytes);
  CHECK(Loading(allocation, file.descriptor(), 0).run(device.get()) == VRAM_INVALID_ARGUMENT);
  CHECK(Loading(allocation, file.descriptor(), 4097).run(device.get()) == VRAM_INVALID_ARGUMENT);
  CHECK(Loading(allocation, file.descriptor(), 1, 8).run(device.get()) == VRAM_INVALID_ARGUMENT);
  CHECK(Loading(999'999, file.descriptor(), 1).run(device.get()) == VRAM_ALLOCATION_FREED);
  Loading cancelled(allocation, file.descriptor(), 1);
  vram_request_cancel(&cancelled.native);
  CHECK(cancelled.run(device.get()) == VRAM_CANCELLED);
  CHECK(device.run(VRAM_PROTECT, allocation) == VRAM_OK);
  CHECK(Loading(allocation, file.descriptor(), 1).run(device.get()) == VRAM_READ_ONLY);
  CHECK(read_back(device, allocation, bytes.size()) == bytes);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

/// Each load is ended from within, while its next buffer is read and the last one is hashed.
void test_ends_under_way(const Opened& device) {
  const File file(random_bytes(3 * BUFFER, 6));
  const auto outcome = [&](void (*at_first_step)(Loading&)) {
    const std::uint64_t allocation = device.allocate(3 * BUFFER).number;
    Loading load(allocation, file.descriptor(), 3 * BUFFER, ALL_DIGESTS);
    load.device = device.get();
    load.at_first_step = at_first_step;
    const vram_status status = load.run(device.get());
    CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
    return status;
  };
  static std::unique_ptr<Waiting> other;
  CHECK(outcome([](Loading& load) { vram_request_cancel(&load.native); }) == VRAM_CANCELLED);
  CHECK(outcome([](Loading& load) {
          other = std::make_unique<Waiting>(VRAM_FREE, load.native.allocation);
          vram_device_submit(load.device, &other->native);
        }) == VRAM_ALLOCATION_FREED);
  CHECK(other->wait() == VRAM_OK);
  CHECK(outcome([](Loading& load) {
          other = std::make_unique<Waiting>(VRAM_PROTECT, load.native.allocation);
          vram_device_submit(load.device, &other->native);
        }) == VRAM_READ_ONLY);
  CHECK(other->wait() == VRAM_OK);
  CHECK(outcome(nullptr) == VRAM_OK);
}

/// More loads than there are buffers, with other work between them.
void test_many_at_once(const Opened& device) {
  const Bytes bytes = random_bytes(2 * BUFFER + 99, 7);
  const File file(bytes);
  const Digest digest = expected(VRAM_BLAKE3, bytes.data(), bytes.size());
  std::vector<std::uint64_t> allocations;
  std::vector<std::unique_ptr<Loading>> loads;
  for (int i = 0; i < 6; i++) {
    allocations.push_back(device.allocate(bytes.size()).number);
    loads.push_back(
        std::make_unique<Loading>(allocations.back(), file.descriptor(), bytes.size(), 1u << VRAM_BLAKE3));
    vram_device_submit(device.get(), &loads.back()->native);
  }
  // One that waits for its turn is told at once.
  vram_request_cancel(&loads[4]->native);
  const Bytes others = random_bytes(2 * BUFFER, 8);
  const std::uint64_t allocation = device.filled(others);
  CHECK(read_back(device, allocation, others.size()) == others);
  for (int i = 0; i < 6; i++) {
    CHECK(loads[i]->wait() == (i == 4 ? VRAM_CANCELLED : VRAM_OK));
    if (i != 4) {
      CHECK(loads[i]->digests[0] == digest);
      CHECK(device.digest(allocations[i], VRAM_BLAKE3, 0, bytes.size(), 0) == digest);
    }
    CHECK(device.run(VRAM_FREE, allocations[i]) == VRAM_OK);
  }
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

/// What is under way ends with the device, closed or not.
void test_end_of_device(vram_driver* driver, bool is_closed) {
  const File file(random_bytes(BUFFER, 9));
  std::vector<std::unique_ptr<Loading>> loads;
  {
    const Opened device(driver, 0);
    const std::uint64_t allocation = device.allocate(BUFFER).number;
    for (int i = 0; i < 3; i++) {
      loads.push_back(std::make_unique<Loading>(allocation, file.descriptor(), BUFFER, ALL_DIGESTS));
      vram_device_submit(device.get(), &loads.back()->native);
    }
    if (is_closed) CHECK(device.run(VRAM_CLOSE) == VRAM_OK);
  }
  for (const auto& load : loads) {
    const vram_status status = load->wait();
    CHECK(status == VRAM_DEVICE_CLOSED || status == VRAM_OK);
  }
}

void test_wiping(const Opened& device, decltype(stand_in_pinned_bytes_in_use)* in_use) {
  const File file(random_bytes(2 * BUFFER, 10));
  const std::uint64_t allocation = device.allocate(2 * BUFFER).number;
  CHECK(Loading(allocation, file.descriptor(), 2 * BUFFER, ALL_DIGESTS).run(device.get()) == VRAM_OK);
  for (int i = 0; i < 500 && in_use(BUFFER) > 0; i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(in_use(BUFFER) == 0);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return 2;
  auto* held = reinterpret_cast<decltype(stand_in_held)*>(dlsym(library, "stand_in_held"));
  auto* violations = reinterpret_cast<decltype(stand_in_violations)*>(dlsym(library, "stand_in_violations"));
  auto* in_use = reinterpret_cast<decltype(stand_in_pinned_bytes_in_use)*>(
      dlsym(library, "stand_in_pinned_bytes_in_use"));
  vram_driver* driver = nullptr;
  vram_cause cause{};
  CHECK(vram_driver_open(arguments[1], &driver, &cause) == VRAM_OK);
  {
    const Opened device(driver, 0);
    test_lengths(device);
    test_ranges(device);
    test_short_file(device);
    test_unreadable_file(device);
    test_refusals(device);
    test_ends_under_way(device);
    test_many_at_once(device);
    test_wiping(device, in_use);
  }
  test_end_of_device(driver, true);
  test_end_of_device(driver, false);
  vram_driver_close(driver);
  for (const char* kind : {"handles", "reservations", "mappings", "allocations", "host", "streams", "events",
                           "modules", "contexts"}) {
    CHECK(held(kind) == 0);
  }
  CHECK(violations() == 0);
  return failures == 0 ? 0 : 1;
}
