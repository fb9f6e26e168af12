#include "pinned_ring.h"

#include <algorithm>
#include <cstring>

#include "cancellation.h"
#include "first_failure.h"

namespace vram::cuda {

PinnedRing::~PinnedRing() {
  for (Slot& slot : slots_) {
    overwrite(slot);
    if (slot.copied != nullptr) driver_.cuEventDestroy.call(slot.copied);
    if (slot.bytes != nullptr) driver_.cuMemFreeHost.call(slot.bytes);
  }
}

PinnedRing::Loan::Loan(PinnedRing& ring) : ring_(ring) {
  for (std::size_t i = 0; i < BUFFERS; i++) ring_.slots_[i].lent = true;
}

PinnedRing::Loan::~Loan() {
  for (std::size_t i = 0; i < BUFFERS; i++) ring_.slots_[i].lent = false;
}

std::span<std::uint8_t> PinnedRing::Loan::room(std::size_t buffer, std::uint64_t bytes) {
  Slot& slot = ring_.slots_[buffer];
  ring_.prepare(slot);
  slot.dirty_bytes = std::max(slot.dirty_bytes, bytes);
  return {slot.bytes, bytes};
}

void PinnedRing::Loan::copy(CUdeviceptr to, std::size_t buffer, std::uint64_t bytes) {
  Slot& slot = ring_.slots_[buffer];
  ring_.driver_.cuMemcpyHtoDAsync(to, slot.bytes, bytes, ring_.stream_);
  ring_.start_copy(slot, bytes);
}

void PinnedRing::write(CUdeviceptr to, const std::uint8_t* from, std::uint64_t bytes,
                       const std::uint32_t& cancelled) {
  while (bytes > 0) {
    throw_if_cancelled(cancelled);
    const std::uint64_t part = std::min(bytes, SLOT_BYTES);
    Slot& slot = next();
    slot.dirty_bytes = std::max(slot.dirty_bytes, part);
    std::memcpy(slot.bytes, from, part);
    driver_.cuMemcpyHtoDAsync(to, slot.bytes, part, stream_);
    start_copy(slot, part);
    to += part;
    from += part;
    bytes -= part;
  }
}

void PinnedRing::read(std::uint8_t* to, CUdeviceptr from, std::uint64_t bytes) {
  struct Part {
    Slot* slot;
    std::uint64_t bytes;
  };
  std::array<Part, SLOTS> parts{};
  const std::size_t usable = available();
  std::size_t started = 0;
  std::size_t taken = 0;
  while (bytes > 0 || taken < started) {
    while (bytes > 0 && started - taken < usable) {
      const std::uint64_t part = std::min(bytes, SLOT_BYTES);
      Slot& slot = next();
      driver_.cuMemcpyDtoHAsync(slot.bytes, from, part, stream_);
      start_copy(slot, part);
      parts[started++ % SLOTS] = {&slot, part};
      from += part;
      bytes -= part;
    }
    const Part& part = parts[taken++ % SLOTS];
    wait(*part.slot);
    std::memcpy(to, part.slot->bytes, part.bytes);
    to += part.bytes;
  }
}

bool PinnedRing::dirty() const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [](const Slot& slot) { return !slot.lent && slot.dirty_bytes > 0; });
}

void PinnedRing::wipe() {
  for (Slot& slot : slots_) {
    if (slot.lent) continue;
    wait(slot);
    overwrite(slot);
  }
}

void PinnedRing::close() {
  FirstFailure failures;
  for (Slot& slot : slots_) failures.attempt([&] { release(slot); });
  failures.rethrow();
}

void PinnedRing::release(Slot& slot) {
  if (slot.in_flight) driver_.cuEventSynchronize.release(slot.copied);
  slot.in_flight = false;
  overwrite(slot);
  if (slot.copied != nullptr) driver_.cuEventDestroy.release(slot.copied);
  slot.copied = nullptr;
  if (slot.bytes != nullptr) driver_.cuMemFreeHost.release(slot.bytes);
  slot.bytes = nullptr;
}

PinnedRing::Slot& PinnedRing::next() {
  while (slots_[turn_].lent) turn_ = (turn_ + 1) % SLOTS;
  Slot& slot = slots_[turn_];
  prepare(slot);
  turn_ = (turn_ + 1) % SLOTS;
  return slot;
}

std::size_t PinnedRing::available() const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.lent; }));
}

void PinnedRing::prepare(Slot& slot) {
  if (slot.bytes == nullptr) {
    void* bytes = nullptr;
    const CUresult result = driver_.cuMemHostAlloc.call(&bytes, SLOT_BYTES, 0);
    // It is the host that has too little, not the device.
    if (result == CUDA_ERROR_OUT_OF_MEMORY)
      throw Failure(VRAM_OUT_OF_MEMORY, "cuMemHostAlloc: no pinned memory");
    if (result != CUDA_SUCCESS) driver_.cuMemHostAlloc.fail(result);
    slot.bytes = static_cast<std::uint8_t*>(bytes);
  }
  if (slot.copied == nullptr) driver_.cuEventCreate(&slot.copied, CU_EVENT_DISABLE_TIMING);
  wait(slot);
}

void PinnedRing::start_copy(Slot& slot, std::uint64_t bytes) {
  slot.dirty_bytes = std::max(slot.dirty_bytes, bytes);
  const CUresult result = driver_.cuEventRecord.call(slot.copied, stream_);
  if (result != CUDA_SUCCESS) {
    // Nothing would tell when this buffer is free again, but the stream itself.
    driver_.cuStreamSynchronize.call(stream_);
    driver_.cuEventRecord.fail(result);
  }
  slot.in_flight = true;
}

void PinnedRing::wait(Slot& slot) {
  if (slot.in_flight) driver_.cuEventSynchronize(slot.copied);
  slot.in_flight = false;
}

void PinnedRing::overwrite(Slot& slot) {
  if (slot.dirty_bytes > 0) explicit_bzero(slot.bytes, slot.dirty_bytes);
  slot.dirty_bytes = 0;
}

}  // namespace vram::cuda
