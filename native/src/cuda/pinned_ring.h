// Host memory through which bytes go to and from a device.
#pragma once

#include <array>
#include <span>

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

  /// Buffers that somebody fills on another thread, and that nobody else is given meanwhile. At least one is
  /// left for the others, so there is one loan at a time.
  class Loan {
   public:
    static constexpr std::size_t BUFFERS = SLOTS - 1;

    explicit Loan(PinnedRing& ring);
    ~Loan();
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    /// A buffer to be filled with `bytes`, when its last copy has ended.
    std::span<std::uint8_t> room(std::size_t buffer, std::uint64_t bytes);

    /// Copies the first bytes of a buffer to the device.
    void copy(CUdeviceptr to, std::size_t buffer, std::uint64_t bytes);

   private:
    PinnedRing& ring_;
  };

  /// Copies bytes to the device. Returns when `from` may be reused; the copy may still be under way on the
  /// stream.
  void write(CUdeviceptr to, const std::uint8_t* from, std::uint64_t bytes, const std::uint32_t& cancelled);

  /// Copies bytes from the device. Returns when they are there.
  void read(std::uint8_t* to, CUdeviceptr from, std::uint64_t bytes);

  /// Whether a buffer that is not lent holds bytes of models.
  bool dirty() const;

  /// Waits for the copies and overwrites what is left of them, but in buffers that are lent.
  void wipe();

  /// Wipes the buffers and gives them back. After a failure calling again goes on where it was.
  void close();

 private:
  struct Slot {
    std::uint8_t* bytes = nullptr;
    CUevent copied = nullptr;
    bool in_flight = false;
    std::uint64_t dirty_bytes = 0;
    bool lent = false;
  };

  /// The next buffer that is not lent, when its last copy has ended.
  Slot& next();
  /// How many buffers are not lent.
  std::size_t available() const;
  /// Takes a buffer from the driver, if that was not done before, and waits for its last copy.
  void prepare(Slot& slot);
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
