// Host memory through which bytes go to and from a device.
#pragma once

#include <array>

#include "driver.h"

namespace vram::cuda {

/// Four buffers of pinned memory, used in turn, so that one is filled or emptied while others are copied.
/// They are taken from the driver when first needed, and hold bytes of models only until `wipe`.
class PinnedRing {
 public:
  static constexpr std::uint64_t SLOT_BYTES = 32ull << 20;
  static constexpr std::size_t SLOTS = 4;

  PinnedRing(const Driver& driver, CUstream stream) : driver_(driver), stream_(stream) {}
  ~PinnedRing();
  PinnedRing(const PinnedRing&) = delete;
  PinnedRing& operator=(const PinnedRing&) = delete;

  /// Copies bytes to the device. Returns when `from` may be reused; the copy may still be under way on the
  /// stream.
  void write(CUdeviceptr to, const std::uint8_t* from, std::uint64_t bytes, const std::uint32_t& cancelled);

  /// Copies bytes from the device. Returns when they are there.
  void read(std::uint8_t* to, CUdeviceptr from, std::uint64_t bytes);

  bool dirty() const;

  /// Waits for the copies and overwrites what is left of them.
  void wipe();

  /// Wipes the buffers and gives them back. After a failure calling again goes on where it was.
  void close();

 private:
  struct Slot {
    std::uint8_t* bytes = nullptr;
    CUevent copied = nullptr;
    bool in_flight = false;
    std::uint64_t dirty_bytes = 0;
  };

  /// The next buffer, when its last copy has ended.
  Slot& next();
  void start_copy(Slot& slot, std::uint64_t bytes);
  void wait(Slot& slot);
  void release(Slot& slot);
  static void overwrite(Slot& slot);

  const Driver& driver_;
  const CUstream stream_;
  std::array<Slot, SLOTS> slots_{};
  std::size_t turn_ = 0;
};

}  // namespace vram::cuda
