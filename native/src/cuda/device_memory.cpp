#include "device_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include "virtual_mapping.h"

namespace vram::cuda {

namespace {

/// Memory by cuMemAlloc, which cannot be protected.
class PlainMemory final : public DeviceMemory {
 public:
  PlainMemory(const Driver& driver, std::uint64_t bytes) : DeviceMemory(driver, bytes) {
    driver.cuMemAlloc(&address_, bytes);
    allocated_bytes_ = bytes;
  }

  ~PlainMemory() override {
    if (address_ != 0) driver_.cuMemFree.call(address_);
  }

  void assert_writable() const override {}
  void protect() override {}
  void unprotect() override {}

  void free() override {
    if (address_ != 0) driver_.cuMemFree.release(address_);
    address_ = 0;
  }

  /// Whether other code of this process makes a legacy IPC handle of it is not known, so neither are the last
  /// two facts.
  vram_allocation_facts facts() const override {
    vram_allocation_facts facts = observe_pointer(driver_, address_);
    facts.read_only = 0;
    facts.virtual_memory = 0;
    return facts;
  }
};

/// Memory by the virtual memory interface. Its physical handle is released once it is mapped, so that no
/// second mapping of it can be made, and this one decides about access alone; unless that is what is wanted.
class VirtualMemory final : public DeviceMemory {
 public:
  VirtualMemory(const Driver& driver, CUdevice device, std::uint64_t bytes, Sharing sharing)
      : DeviceMemory(driver, bytes),
        exportable_(sharing == Sharing::EXPORTABLE),
        mapping_(driver, device, create(device)) {
    const CUresult result = mapping_.map(allocated_bytes_);
    if (result != CUDA_SUCCESS) driver.cuMemMap.fail(result);
    address_ = mapping_.address();
    mapping_.set_access(CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
    if (!exportable_) mapping_.release_handle();
  }

  void assert_writable() const override {
    if (mapping_.read_only()) throw Failure(VRAM_READ_ONLY);
  }

  void protect() override { mapping_.make_read_only(); }

  void unprotect() override {
    if (!mapping_.writable()) mapping_.set_access(CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  }

  void free() override { mapping_.free(); }

  vram_allocation_facts facts() const override {
    vram_allocation_facts facts = observe_pointer(driver_, address_);
    facts.read_only = mapping_.read_only_fact();
    facts.exportable = exportable_;
    facts.exclusive = !exportable_;
    facts.virtual_memory = 1;
    return facts;
  }

  int export_descriptor() const override {
    if (!exportable_) throw Failure(VRAM_NOT_EXPORTABLE);
    int descriptor = -1;
    driver_.cuMemExportToShareableHandle(&descriptor, mapping_.handle(),
                                         CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0);
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
      ::close(descriptor);
      throw Failure(VRAM_DEVICE_ERROR, "The driver gave no file descriptor");
    }
    return descriptor;
  }

 private:
  CUmemGenericAllocationHandle create(CUdevice device) {
    allocated_bytes_ = round_to_granularity(driver_, device, size_bytes_);
    const CUmemAllocationProp properties = device_properties(
        device, exportable_ ? CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR : CU_MEM_HANDLE_TYPE_NONE);
    CUmemGenericAllocationHandle handle = 0;
    driver_.cuMemCreate(&handle, allocated_bytes_, &properties, 0);
    return handle;
  }

  const bool exportable_;
  VirtualMapping mapping_;
};

}  // namespace

std::unique_ptr<DeviceMemory> DeviceMemory::allocate(const Driver& driver, CUdevice device,
                                                     std::uint64_t bytes, Sharing sharing) {
  std::size_t total_bytes = 0;
  driver.cuDeviceTotalMem(&total_bytes, device);
  // Rounding up what no device has could overflow.
  if (bytes > total_bytes) throw Failure(VRAM_DEVICE_OUT_OF_MEMORY, "More was asked for than the device has");
  const auto has = [&](CUdevice_attribute attribute) {
    int value = 0;
    driver.cuDeviceGetAttribute(&value, attribute, device);
    return value != 0;
  };
  const bool has_virtual_memory = has(CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED);
  if (sharing == Sharing::EXPORTABLE &&
      !(has_virtual_memory && has(CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED))) {
    throw Failure(VRAM_NOT_EXPORTABLE, "The device has no memory that a file descriptor can be made for");
  }
  if (has_virtual_memory) return std::make_unique<VirtualMemory>(driver, device, bytes, sharing);
  return std::make_unique<PlainMemory>(driver, bytes);
}

}  // namespace vram::cuda
