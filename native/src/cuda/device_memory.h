// One allocation on a device.
#pragma once

#include <memory>

#include "facts.h"

namespace vram::cuda {

/// Memory that is mapped into the device's address space. Throws a Failure where the driver refuses.
class DeviceMemory {
 public:
  /// Takes at least `bytes`: by the virtual memory interface where the device has it, else by cuMemAlloc.
  static std::unique_ptr<DeviceMemory> allocate(const Driver& driver, CUdevice device, std::uint64_t bytes);

  virtual ~DeviceMemory() = default;
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  CUdeviceptr address() const { return address_; }
  std::uint64_t size_bytes() const { return size_bytes_; }
  std::uint64_t allocated_bytes() const { return allocated_bytes_; }

  /// Whether this mapping is known to refuse writes.
  virtual bool read_only() const = 0;
  /// Makes this mapping refuse writes, where the driver can. No work on the memory may be under way.
  virtual void protect() = 0;
  /// Makes this mapping take writes again.
  virtual void unprotect() = 0;
  /// Gives the memory back. After a failure what is left is still held, and calling again goes on there.
  virtual void free() = 0;

  virtual vram_allocation_facts facts() const = 0;

 protected:
  DeviceMemory(const Driver& driver, std::uint64_t size_bytes) : driver_(driver), size_bytes_(size_bytes) {}

  const Driver& driver_;
  const std::uint64_t size_bytes_;
  std::uint64_t allocated_bytes_ = 0;
  CUdeviceptr address_ = 0;
};

}  // namespace vram::cuda
