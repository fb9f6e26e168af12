#include "read_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "failure.h"

namespace vram::cuda {

namespace {

struct Part {
  std::uint64_t position;
  std::span<std::uint8_t> target;
  std::size_t read_bytes = 0;
  int error = 0;
};

struct Reading {
  const int descriptor;
  const std::function<bool()>& wanted;
  std::vector<Part> parts;
};

void read_part(void* context, std::size_t index) {
  auto& reading = *static_cast<Reading*>(context);
  Part& part = reading.parts[index];
  if (!reading.wanted()) return;
  while (part.read_bytes < part.target.size()) {
    const ssize_t count =
        pread(reading.descriptor, part.target.data() + part.read_bytes, part.target.size() - part.read_bytes,
              static_cast<off_t>(part.position + part.read_bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) part.error = errno;
    if (count <= 0) return;
    part.read_bytes += static_cast<std::size_t>(count);
  }
}

}  // namespace

std::size_t read_file(int descriptor, std::uint64_t position, std::span<std::uint8_t> target, vram_pool* pool,
                      const std::function<bool()>& wanted) {
  Reading reading{descriptor, wanted, {}};
  for (std::size_t start = 0; start < target.size(); start += READ_PART_BYTES) {
    const std::size_t bytes = std::min(READ_PART_BYTES, target.size() - start);
    reading.parts.push_back({.position = position + start, .target = target.subspan(start, bytes)});
  }
  vram_pool_run(pool, reading.parts.size(), read_part, &reading);
  std::size_t read_bytes = 0;
  for (const Part& part : reading.parts) {
    if (part.error != 0) {
      char text[32];
      std::snprintf(text, sizeof text, "pread: errno %d", part.error);
      throw Failure(VRAM_FILE_UNREADABLE, text);
    }
    read_bytes += part.read_bytes;
    if (part.read_bytes < part.target.size()) break;
  }
  return read_bytes;
}

}  // namespace vram::cuda
