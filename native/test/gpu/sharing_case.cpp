// A shard in the hands of two processes: one allocates and exports, the other imports and digests.
#include <sys/socket.h>
#include <unistd.h>

#include "cases.h"
#include "store-kernel/store_kernel.h"

namespace vram_test {

using namespace vram::cuda;

namespace {

/// What the importing process found; sent over the socket.
struct Finding {
  vram_status status = VRAM_OK;
  std::int32_t read_only = VRAM_UNKNOWN;
  std::int32_t exclusive = VRAM_UNKNOWN;
  Digest digests[2]{};
};

union ControlBytes {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

/// A message of a byte count, with room for a descriptor as SCM_RIGHTS.
struct DescriptorMessage {
  std::uint64_t bytes = 0;
  iovec data{&bytes, sizeof bytes};
  msghdr header{};
  ControlBytes control{};

  DescriptorMessage() {
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
  }
  DescriptorMessage(const DescriptorMessage&) = delete;
  DescriptorMessage& operator=(const DescriptorMessage&) = delete;
};

/// Hands a descriptor over, with how many bytes it is for.
bool send_descriptor(int socket, int descriptor, std::uint64_t bytes) {
  DescriptorMessage message;
  message.bytes = bytes;
  cmsghdr& control = message.control.header;
  control.cmsg_level = SOL_SOCKET;
  control.cmsg_type = SCM_RIGHTS;
  control.cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(&control), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message.header, MSG_NOSIGNAL) == sizeof bytes;
}

bool receive_descriptor(int socket, int& descriptor, std::uint64_t& bytes) {
  DescriptorMessage message;
  if (recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC) != sizeof bytes) return false;
  if (message.header.msg_controllen < CMSG_LEN(sizeof descriptor)) return false;
  bytes = message.bytes;
  std::memcpy(&descriptor, CMSG_DATA(&message.control.header), sizeof descriptor);
  return true;
}

template <class Value>
bool send_value(int socket, const Value& value) {
  return send(socket, &value, sizeof value, MSG_NOSIGNAL) == sizeof value;
}

template <class Value>
bool receive_value(int socket, Value& value) {
  return recv(socket, &value, sizeof value, MSG_WAITALL) == sizeof value;
}

Finding look(const Opened& device, const Waiting& imported, std::uint64_t bytes) {
  Finding finding;
  finding.status = imported.native.status;
  finding.read_only = imported.native.facts.read_only;
  finding.exclusive = imported.native.facts.exclusive;
  if (finding.status != VRAM_OK) return finding;
  for (const auto tree : TREES)
    finding.digests[tree] = device.digest(imported.native.allocation, tree, 0, bytes, 0);
  return finding;
}

}  // namespace

int import_shard(const Subject& subject) {
  int descriptor = -1;
  std::uint64_t bytes = 0;
  // The exporting process ends without a word where it cannot run.
  if (!receive_descriptor(subject.partner, descriptor, bytes)) return 0;
  const Opened device(subject.driver, 0);
  Waiting imported(VRAM_IMPORT);
  imported.native.descriptor = descriptor;
  imported.native.length = bytes;
  imported.run(device.get());
  close(descriptor);
  char changed = 0;
  CHECK(send_value(subject.partner, look(device, imported, bytes)));
  CHECK(receive_value(subject.partner, changed));
  CHECK(send_value(subject.partner, look(device, imported, bytes)));
  CHECK(device.run(VRAM_FREE, imported.native.allocation) == VRAM_OK);
  return 0;
}

/// The other process computes the same digests where the bytes lie, and sees what this one changes.
int export_shard(const Subject& subject) {
  const Bytes bytes = random_bytes(subject.shard_bytes, 8);
  const Opened device(subject.driver, 0);
  Waiting allocate(VRAM_ALLOCATE);
  allocate.native.length = bytes.size();
  allocate.native.flags = VRAM_REQUEST_EXPORTABLE;
  const vram_status allocated = allocate.run(device.get());
  if (allocated == VRAM_NOT_EXPORTABLE) {
    std::printf("not run: this device or driver hands no memory to other processes\n");
    return NOT_RUN;
  }
  CHECK(allocated == VRAM_OK);
  const std::uint64_t allocation = allocate.native.allocation;
  device.write(allocation, 0, bytes);
  // Others see what this process wrote once it is there.
  const Digest before = device.digest(allocation, VRAM_BLAKE3, 0, bytes.size(), 0);
  Waiting exported(VRAM_EXPORT, allocation);
  CHECK(exported.run(device.get()) == VRAM_OK);
  CHECK(send_descriptor(subject.partner, exported.native.descriptor, bytes.size()));
  close(exported.native.descriptor);

  Finding found;
  CHECK(receive_value(subject.partner, found));
  CHECK(found.status == VRAM_OK);
  CHECK(found.read_only == 1 && found.exclusive == 0);
  CHECK(found.digests[VRAM_BLAKE3] == before);
  for (const auto tree : TREES) CHECK(found.digests[tree] == expected(tree, bytes.data(), bytes.size()));

  const Driver driver(subject.stand_in);
  StoreKernel kernel(driver, 0);
  CHECK(kernel.store(allocate.native.device_pointer + 12'345, bytes[12'345] ^ 1) == CUDA_SUCCESS);
  Finding changed;
  CHECK(send_value(subject.partner, 'c'));
  CHECK(receive_value(subject.partner, changed));
  for (const auto tree : TREES) CHECK(changed.digests[tree] != found.digests[tree]);
  CHECK(device.run(VRAM_FREE, allocation) == VRAM_OK);
  return 0;
}

}  // namespace vram_test
