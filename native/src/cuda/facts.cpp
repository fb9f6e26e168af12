#include "facts.h"

#include <cstdio>
#include <cstring>

namespace vram::cuda {

namespace {

constexpr int UUID_BYTES = 16;

/// `GPU-` or `MIG-` and the uuid in groups of 8, 4, 4, 4 and 12 digits, as NVML and nvidia-smi write it.
void write_uuid(char (&text)[48], const char* prefix, const CUuuid& uuid) {
  int at = std::snprintf(text, sizeof text, "%s", prefix);
  for (int i = 0; i < UUID_BYTES; i++) {
    const bool group = i == 4 || i == 6 || i == 8 || i == 10;
    at += std::snprintf(text + at, sizeof text - at, "%s%02x", group ? "-" : "", uuid.bytes[i]);
  }
}

int attribute(const Driver& driver, CUdevice_attribute name, CUdevice device) {
  int value = 0;
  return driver.cuDeviceGetAttribute.call(&value, name, device) == CUDA_SUCCESS ? value : VRAM_UNKNOWN;
}

int flag(const Driver& driver, CUdevice_attribute name, CUdevice device) {
  const int value = attribute(driver, name, device);
  return value == VRAM_UNKNOWN ? VRAM_UNKNOWN : value != 0;
}

void observe_driver(const Driver& driver, CUdevice device, vram_device_facts& facts) {
  if (driver.cuDeviceGetName.call(facts.name, sizeof facts.name, device) != CUDA_SUCCESS) facts.name[0] = 0;
  std::size_t bytes = 0;
  facts.total_bytes = driver.cuDeviceTotalMem.call(&bytes, device) == CUDA_SUCCESS
                          ? static_cast<std::int64_t>(bytes)
                          : VRAM_UNKNOWN;
  int version = 0;
  facts.cuda_version = driver.cuDriverGetVersion.call(&version) == CUDA_SUCCESS ? version : VRAM_UNKNOWN;
  facts.compute_capability_major = attribute(driver, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
  facts.compute_capability_minor = attribute(driver, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
  facts.integrated = flag(driver, CU_DEVICE_ATTRIBUTE_INTEGRATED, device);
  facts.managed_memory = flag(driver, CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY, device);
  facts.pageable_memory_access = flag(driver, CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS, device);
  facts.pageable_uses_host_page_tables =
      flag(driver, CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES, device);
  facts.concurrent_managed_access = flag(driver, CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS, device);
  facts.ecc_enabled = flag(driver, CU_DEVICE_ATTRIBUTE_ECC_ENABLED, device);
  facts.mps = flag(driver, CU_DEVICE_ATTRIBUTE_MPS_ENABLED, device);
}

/// A call of NVML that this version of it may lack.
template <class Function, class... Arguments>
bool told(Function function, Arguments... arguments) {
  return function != nullptr && function(arguments...) == NVML_SUCCESS;
}

void observe_system(const Nvml& nvml, vram_device_facts& facts) {
  if (!told(nvml.systemDriverVersion, facts.driver_version,
            static_cast<unsigned>(sizeof facts.driver_version))) {
    facts.driver_version[0] = 0;
  }
  nvmlConfComputeSystemState_t state{};
  facts.confidential_compute =
      told(nvml.systemConfComputeState, &state) ? state.ccFeature != 0 : VRAM_UNKNOWN;
}

std::int64_t uncorrected_errors(const Nvml& nvml, nvmlDevice_t device, nvmlEccCounterType_t counter) {
  unsigned long long count = 0;
  return told(nvml.totalEccErrors, device, NVML_MEMORY_ERROR_TYPE_UNCORRECTED, counter, &count)
             ? static_cast<std::int64_t>(count)
             : VRAM_UNKNOWN;
}

void observe_nvml(const Nvml& nvml, nvmlDevice_t device, vram_device_facts& facts) {
  facts.ecc_uncorrected_volatile = uncorrected_errors(nvml, device, NVML_VOLATILE_ECC);
  facts.ecc_uncorrected_aggregate = uncorrected_errors(nvml, device, NVML_AGGREGATE_ECC);
  unsigned corrected = 0, uncorrected = 0, pending = 0, failed = 0;
  if (told(nvml.remappedRows, device, &corrected, &uncorrected, &pending, &failed)) {
    facts.remapped_rows_pending = pending != 0;
    facts.remapping_failed = failed != 0;
  }
  unsigned current = 0, next = 0;
  if (told(nvml.migMode, device, &current, &next)) facts.mig_enabled = current != 0;
}

}  // namespace

vram_device_facts observe_device(const Driver& driver, std::uint32_t index) {
  const CUdevice device = driver.device(index);
  vram_device_facts facts{};
  facts.index = index;
  facts.simulated = driver.simulated;
  facts.ecc_uncorrected_volatile = facts.ecc_uncorrected_aggregate = VRAM_UNKNOWN;
  facts.remapped_rows_pending = facts.remapping_failed = facts.mig_enabled = VRAM_UNKNOWN;
  observe_driver(driver, device, facts);
  observe_system(driver.nvml, facts);
  CUuuid uuid{};
  driver.cuDeviceGetUuid(&uuid, device);
  nvmlDevice_t handle = nullptr;
  // The driver tells an instance of a partitioned GPU by the instance's uuid, which NVML knows by another
  // prefix.
  write_uuid(facts.uuid, "MIG-", uuid);
  if (told(driver.nvml.deviceByUuid, facts.uuid, &handle)) {
    observe_nvml(driver.nvml, handle, facts);
    facts.mig_enabled = 1;
    return facts;
  }
  write_uuid(facts.uuid, "GPU-", uuid);
  if (told(driver.nvml.deviceByUuid, facts.uuid, &handle)) observe_nvml(driver.nvml, handle, facts);
  return facts;
}

vram_allocation_facts observe_pointer(const Driver& driver, CUdeviceptr pointer) {
  vram_allocation_facts facts{};
  unsigned type = 0;
  unsigned managed = 0;
  int ordinal = 0;
  const bool has_type =
      driver.cuPointerGetAttribute.call(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, pointer) == CUDA_SUCCESS;
  const bool has_managed =
      driver.cuPointerGetAttribute.call(&managed, CU_POINTER_ATTRIBUTE_IS_MANAGED, pointer) == CUDA_SUCCESS;
  facts.managed = has_managed ? managed != 0 : VRAM_UNKNOWN;
  if (has_managed && managed != 0) {
    facts.memory_type = VRAM_MEMORY_TYPE_MANAGED;
  } else if (has_type && type == CU_MEMORYTYPE_DEVICE) {
    facts.memory_type = VRAM_MEMORY_TYPE_DEVICE;
  } else if (has_type && type == CU_MEMORYTYPE_HOST) {
    facts.memory_type = VRAM_MEMORY_TYPE_HOST;
  }
  facts.device_ordinal = driver.cuPointerGetAttribute.call(&ordinal, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL,
                                                           pointer) == CUDA_SUCCESS
                             ? ordinal
                             : VRAM_UNKNOWN;
  unsigned mapped = 0, access = 0;
  facts.mapped =
      driver.cuPointerGetAttribute.call(&mapped, CU_POINTER_ATTRIBUTE_MAPPED, pointer) == CUDA_SUCCESS
          ? mapped != 0
          : VRAM_UNKNOWN;
  facts.access =
      driver.cuPointerGetAttribute.call(&access, CU_POINTER_ATTRIBUTE_ACCESS_FLAGS, pointer) == CUDA_SUCCESS
          ? static_cast<int>(access)
          : VRAM_UNKNOWN;
  facts.read_only = facts.exportable = facts.exclusive = facts.virtual_memory = VRAM_UNKNOWN;
  return facts;
}

}  // namespace vram::cuda
