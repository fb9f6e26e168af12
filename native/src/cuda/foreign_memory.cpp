#include "foreign_memory.h"

#include <fcntl.h>

#include "virtual_mapping.h"

namespace vram::cuda {

namespace {

class ForeignMemory : public DeviceMemory {
 public:
  void assert_writable() const override { throw Failure(VRAM_NOT_OWNED); }
  void unprotect() override { throw Failure(VRAM_NOT_OWNED); }

 protected:
  using DeviceMemory::DeviceMemory;

  vram_allocation_facts observe() const {
    vram_allocation_facts facts = observe_pointer(driver_, address_);
    facts.exportable = 0;
    facts.exclusive = 0;
    return facts;
  }

  /// @throws Failure VRAM_NOT_ADOPTABLE if the driver says that this is no memory that the device can use.
  /// What kind of memory it is, is for the policy.
  void assert_usable(CUdevice device) const {
    const vram_allocation_facts facts = observe();
    if (facts.device_ordinal != VRAM_UNKNOWN && facts.device_ordinal != device)
      throw Failure(VRAM_NOT_ADOPTABLE, "The memory is another device's");
    if (facts.mapped == 0) throw Failure(VRAM_NOT_ADOPTABLE, "There is no memory behind the addresses");
    if (facts.access == VRAM_ACCESS_NONE)
      throw Failure(VRAM_NOT_ADOPTABLE, "The device has no access to the memory");
  }
};

/// Fails because of what was given, if that is what the driver's result says, and else because of the driver.
template <class Function>
[[noreturn]] void refuse(const Function& function, CUresult result) {
  try {
    function.fail(result);
  } catch (Failure& failure) {
    switch (result) {
      case CUDA_ERROR_INVALID_VALUE:
      case CUDA_ERROR_INVALID_DEVICE:
      case CUDA_ERROR_INVALID_HANDLE:
      case CUDA_ERROR_NOT_FOUND:
      case CUDA_ERROR_NOT_PERMITTED:
      case CUDA_ERROR_NOT_SUPPORTED:
        failure.status = VRAM_NOT_ADOPTABLE;
        break;
      default:
        break;
    }
    throw;
  }
}

/// A mapping of our own of memory that was exported. The exporter may keep one that takes writes.
class ImportedMemory final : public ForeignMemory {
 public:
  ImportedMemory(const Driver& driver, CUdevice device, int descriptor, std::uint64_t bytes)
      : ForeignMemory(driver, bytes), mapping_(driver, device, import_handle(driver, descriptor)) {
    const CUresult result = mapping_.map(round_to_granularity(driver, device, bytes));
    if (result != CUDA_SUCCESS) refuse(driver.cuMemMap, result);
    address_ = mapping_.address();
    mapping_.make_read_only();
    // Where the driver has no read-only access, bytes that cannot be read cannot be verified either.
    if (!mapping_.read_only()) mapping_.set_access(CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
    assert_usable(device);
    mapping_.release_handle();
  }

  void protect() override {
    if (!mapping_.read_only()) mapping_.make_read_only();
  }

  void free() override { mapping_.free(); }

  vram_allocation_facts facts() const override {
    vram_allocation_facts facts = observe();
    facts.read_only = mapping_.read_only_fact();
    facts.virtual_memory = 1;
    return facts;
  }

 private:
  static CUmemGenericAllocationHandle import_handle(const Driver& driver, int descriptor) {
    // What the driver makes of a number that is no descriptor is not documented.
    if (fcntl(descriptor, F_GETFD) < 0) throw Failure(VRAM_NOT_ADOPTABLE, "The file descriptor is not open");
    CUmemGenericAllocationHandle handle = 0;
    void* shared = reinterpret_cast<void*>(static_cast<std::uintptr_t>(descriptor));
    const CUresult result =
        driver.cuMemImportFromShareableHandle.call(&handle, shared, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
    if (result != CUDA_SUCCESS) refuse(driver.cuMemImportFromShareableHandle, result);
    return handle;
  }

  VirtualMapping mapping_;
};

/// Memory of other code of this process, at the addresses where that mapped it.
class AdoptedMemory final : public ForeignMemory {
 public:
  AdoptedMemory(const Driver& driver, CUdevice device, CUdeviceptr address, std::uint64_t bytes)
      : ForeignMemory(driver, bytes) {
    CUdeviceptr base = 0;
    std::size_t range_bytes = 0;
    const CUresult result = driver.cuMemGetAddressRange.call(&base, &range_bytes, address);
    if (result != CUDA_SUCCESS) refuse(driver.cuMemGetAddressRange, result);
    const std::uint64_t before = address - base;
    if (before > range_bytes || bytes > range_bytes - before) {
      throw Failure(VRAM_NOT_ADOPTABLE, "The memory ends before the size that was given");
    }
    address_ = address;
    assert_usable(device);
  }

  /// Its access is its owner's to change.
  void protect() override {}
  void free() override {}

  vram_allocation_facts facts() const override {
    vram_allocation_facts facts = observe();
    if (facts.access != VRAM_UNKNOWN) facts.read_only = facts.access == VRAM_ACCESS_READ;
    return facts;
  }
};

}  // namespace

std::unique_ptr<DeviceMemory> import_memory(const Driver& driver, CUdevice device, int descriptor,
                                            std::uint64_t bytes) {
  std::size_t total_bytes = 0;
  driver.cuDeviceTotalMem(&total_bytes, device);
  // Rounding up what no device has could overflow.
  if (bytes > total_bytes) throw Failure(VRAM_NOT_ADOPTABLE, "The size is more than the device has");
  return std::make_unique<ImportedMemory>(driver, device, descriptor, bytes);
}

std::unique_ptr<DeviceMemory> adopt_memory(const Driver& driver, CUdevice device, CUdeviceptr address,
                                           std::uint64_t bytes) {
  return std::make_unique<AdoptedMemory>(driver, device, address, bytes);
}

}  // namespace vram::cuda
