// One allocation on a device.
#pragma once

#include <memory>

#include "facts.h"

namespace vram::cuda {

/// Memory that is mapped into the device's address space. Throws a Failure where the driver refuses.
class DeviceMemory {
 public:
  enum class Sharing { NONE, EXPORTABLE };

  /// Takes at least `bytes`: by the virtual memory interface where the device has it, else by cuMemAlloc.
  /// @throws Failure VRAM_NOT_EXPORTABLE, VRAM_DEVICE_OUT_OF_MEMORY
  static std::unique_ptr<DeviceMemory> allocate(const Driver& driver, CUdevice device, std::uint64_t bytes,
                                                Sharing sharing);

  virtual ~DeviceMemory() = default;
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  CUdeviceptr address() const { return address_; }
  std::uint64_t size_bytes() const { return size_bytes_; }
  /// What was taken of the device for it: nothing, where the memory is somebody else's.
  std::uint64_t allocated_bytes() const { return allocated_bytes_; }

  /// @throws Failure VRAM_READ_ONLY, VRAM_NOT_OWNED
  virtual void assert_writable() const = 0;

  /// Makes this mapping refuse writes, where the driver can. No work on the memory may be under way.
  virtual void protect() = 0;
  /// Makes this mapping take writes again.
  virtual void unprotect() = 0;
  /// Gives the memory back. After a failure what is left is still held, and calling again goes on there.
  virtual void free() = 0;

  virtual vram_allocation_facts facts() const = 0;

  /// A file descriptor for other processes, closed when a program is started; the caller's to close.
  /// @throws Failure VRAM_NOT_EXPORTABLE
  virtual int export_descriptor() const { throw Failure(VRAM_NOT_EXPORTABLE); }

 protected:
  DeviceMemory(const Driver& driver, std::uint64_t size_bytes) : driver_(driver), size_bytes_(size_bytes) {}

  const Driver& driver_;
  const std::uint64_t size_bytes_;
  std::uint64_t allocated_bytes_ = 0;
  CUdeviceptr address_ = 0;
};

}  // namespace vram::cuda
