#include "machine.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "control.h"
#include "facts_file.h"

namespace vram::stand_in {

namespace {

constexpr long long DEFAULT_TOTAL_BYTES = 8ll << 30;

}  // namespace

thread_local int current_device = -1;

namespace {

constexpr char MEMORY_NAME[] = "vram-stand-in-";

int make_memory(int device) {
  return memfd_create((MEMORY_NAME + std::to_string(device)).c_str(), MFD_CLOEXEC);
}

}  // namespace

Physical::Physical(int device, std::uint64_t bytes)
    : device(device), descriptor(make_memory(device)), bytes(bytes), counted(true) {
  if (descriptor >= 0 && ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) {
    ::close(descriptor);
    descriptor = -1;
  }
  Machine::get().used_bytes[device] += bytes;
}

Physical::Physical(int device, std::uint64_t bytes, int descriptor)
    : device(device), descriptor(descriptor), bytes(bytes), counted(false) {}

Physical::~Physical() {
  if (descriptor >= 0) ::close(descriptor);
  if (counted) Machine::get().used_bytes[device] -= bytes;
}

std::shared_ptr<Physical> import_physical(int descriptor) {
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const std::string prefix = std::string("/memfd:") + MEMORY_NAME;
  char target[128] = {};
  if (readlink(link.c_str(), target, sizeof target - 1) < 0) return nullptr;
  if (std::strncmp(target, prefix.c_str(), prefix.size()) != 0) return nullptr;
  struct stat status;
  const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return nullptr;
  if (fstat(own, &status) != 0) {
    ::close(own);
    return nullptr;
  }
  const int device = std::atoi(target + prefix.size());
  return std::make_shared<Physical>(device, static_cast<std::uint64_t>(status.st_size), own);
}

Machine& Machine::get() {
  // Never destroyed: device threads may outlive static destructors.
  static Machine* machine = new Machine;
  return *machine;
}

int Machine::device_count() const {
  return static_cast<int>(fact("devices", 1));
}

std::uint64_t Machine::total_bytes() const {
  return static_cast<std::uint64_t>(
      told_fact("total_bytes", DEFAULT_TOTAL_BYTES).value_or(DEFAULT_TOTAL_BYTES));
}

std::uint64_t Machine::free_bytes(int device) {
  const std::uint64_t taken = used_bytes[device] + static_cast<std::uint64_t>(fact("occupied_bytes", 0));
  return total_bytes() - std::min(total_bytes(), taken);
}

CUresult Machine::enter(const char* function) {
  calls.push_back(function);
  for (auto fault = faults.begin(); fault != faults.end(); ++fault) {
    if (!fault->function.empty() && fault->function != function) continue;
    if (--fault->nth > 0) continue;
    const CUresult result = fault->result;
    if (fault->lost) lost[std::max(current_device, 0)] = result;
    faults.erase(fault);
    return result;
  }
  const auto found = lost.find(current_device);
  return found == lost.end() ? CUDA_SUCCESS : found->second;
}

bool Machine::accessible(CUdeviceptr pointer, std::uint64_t bytes, int access) const {
  auto next = mappings.upper_bound(pointer);
  if (next == mappings.begin()) return false;
  const auto& [start, mapping] = *std::prev(next);
  const std::uint64_t offset = pointer - start;
  return offset <= mapping.bytes && bytes <= mapping.bytes - offset && (mapping.access & access) == access;
}

bool Machine::is_pinned(const void* pointer, std::uint64_t bytes) const {
  auto next = host.upper_bound(const_cast<void*>(pointer));
  if (next == host.begin()) return false;
  const auto& [start, size] = *std::prev(next);
  const auto offset =
      static_cast<std::uint64_t>(static_cast<const char*>(pointer) - static_cast<char*>(start));
  return offset <= size && bytes <= size - offset;
}

CUresult Machine::run(Stream& stream, std::size_t count) {
  if (lost.contains(stream.device)) stream.work.clear();
  for (; count > 0 && !stream.work.empty(); count--) {
    const Work work = std::move(stream.work.front());
    stream.work.pop_front();
    for (auto& [event, owned] : events) {
      if (event->stream == &stream && event->before > 0) event->before--;
    }
    const CUresult result = work.run();
    if (result != CUDA_SUCCESS) {
      lost[stream.device] = result;
      return result;
    }
  }
  return CUDA_SUCCESS;
}

CUresult Machine::run_all(int device) {
  for (auto& [stream, owned] : streams) {
    if (stream->device != device) continue;
    const CUresult result = run(*stream, stream->work.size());
    if (result != CUDA_SUCCESS) return result;
  }
  return CUDA_SUCCESS;
}

bool Machine::idle(CUdeviceptr pointer, std::uint64_t bytes) {
  for (const auto& [stream, owned] : streams) {
    if (lost.contains(stream->device)) continue;
    for (const Work& work : stream->work) {
      if (work.pointer >= pointer + bytes || pointer >= work.pointer + work.bytes) continue;
      violations++;
      return false;
    }
  }
  return true;
}

}  // namespace vram::stand_in

using vram::stand_in::Machine;
using vram::stand_in::Mapping;

namespace {

bool flip(const Mapping& mapping, std::uint64_t offset, unsigned bit) {
  unsigned char byte = 0;
  const int descriptor = mapping.physical->descriptor;
  if (offset >= mapping.bytes || pread(descriptor, &byte, 1, static_cast<off_t>(offset)) != 1) return false;
  byte ^= static_cast<unsigned char>(1u << bit);
  return pwrite(descriptor, &byte, 1, static_cast<off_t>(offset)) == 1;
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void stand_in_fail(const char* function, uint64_t nth, int result, int lost) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  machine.faults.push_back({function, nth, result, lost != 0});
}

EXPORTED int stand_in_flip_bit(uint64_t which, uint64_t offset, unsigned bit) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  for (const auto& [address, mapping] : machine.mappings) {
    if (mapping.plain || which-- > 0) continue;
    return flip(mapping, offset, bit);
  }
  return 0;
}

EXPORTED int stand_in_flip_bit_at(uint64_t address, uint64_t offset, unsigned bit) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  const auto found = machine.mappings.find(address);
  if (found == machine.mappings.end()) return 0;
  machine.run_all(found->second.physical->device);
  return flip(found->second, offset, bit);
}

EXPORTED uint64_t stand_in_calls(void) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  return machine.calls.size();
}

EXPORTED const char* stand_in_call_name(uint64_t index) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  return index < machine.calls.size() ? machine.calls[index] : nullptr;
}

EXPORTED uint64_t stand_in_pending(void) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  return machine.faults.size();
}

EXPORTED uint64_t stand_in_held(const char* kind) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  const std::string name = kind;
  const auto plain =
      static_cast<uint64_t>(std::count_if(machine.mappings.begin(), machine.mappings.end(),
                                          [](const auto& entry) { return entry.second.plain; }));
  if (name == "handles") return machine.handles.size();
  if (name == "reservations") return machine.reservations.size();
  if (name == "mappings") return machine.mappings.size() - plain;
  if (name == "allocations") return plain;
  if (name == "host") return machine.host.size();
  if (name == "streams") return machine.streams.size();
  if (name == "events") return machine.events.size();
  if (name == "modules") return machine.modules.size();
  if (name == "contexts") {
    uint64_t count = 0;
    for (const auto& [device, retained] : machine.contexts) count += retained;
    return count;
  }
  return UINT64_MAX;
}

EXPORTED uint64_t stand_in_used_bytes(void) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  uint64_t bytes = 0;
  for (const auto& [device, used] : machine.used_bytes) bytes += used;
  return bytes;
}

EXPORTED uint64_t stand_in_pinned_bytes_in_use(uint64_t least_bytes) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  uint64_t count = 0;
  for (const auto& [address, bytes] : machine.host) {
    if (bytes < least_bytes) continue;
    const auto* first = static_cast<const unsigned char*>(address);
    count += static_cast<uint64_t>(
        std::count_if(first, first + bytes, [](unsigned char byte) { return byte != 0; }));
  }
  return count;
}

EXPORTED uint64_t stand_in_violations(void) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  return machine.violations;
}

EXPORTED void stand_in_restore(void) {
  Machine& machine = Machine::get();
  const std::lock_guard lock(machine.mutex);
  machine.faults.clear();
  machine.lost.clear();
  machine.calls.clear();
  machine.violations = 0;
}
