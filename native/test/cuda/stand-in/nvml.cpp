// The functions of NVML that the backend calls, with facts from the file.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "../../../src/cuda/nvml_api.h"
#include "facts_file.h"
#include "machine.h"

using namespace vram::cuda;
using vram::stand_in::told_fact;

#define EXPORTED extern "C" __attribute__((visibility("default")))

/// Counts a call of NVML with those of the driver; planned failures are its own.
#define ENTER()                                                             \
  {                                                                         \
    vram::stand_in::Machine& machine = vram::stand_in::Machine::get();      \
    const std::lock_guard lock(machine.mutex);                              \
    if (machine.enter(__func__) != CUDA_SUCCESS) return NVML_ERROR_UNKNOWN; \
  }

namespace {

constexpr nvmlReturn_t NVML_ERROR_UNKNOWN = 999;

nvmlReturn_t tell(const char* name, long long otherwise, unsigned* value) {
  const std::optional<long long> fact = told_fact(name, otherwise);
  if (!fact) return NVML_ERROR_NOT_SUPPORTED;
  *value = static_cast<unsigned>(*fact);
  return NVML_SUCCESS;
}

}  // namespace

EXPORTED nvmlReturn_t nvmlInit_v2() {
  ENTER();
  return told_fact("nvml", 1) ? NVML_SUCCESS : NVML_ERROR_NOT_SUPPORTED;
}

EXPORTED nvmlReturn_t nvmlShutdown() {
  // Not counted: it comes whenever the last that used a driver is collected.
  return NVML_SUCCESS;
}

EXPORTED nvmlReturn_t nvmlSystemGetDriverVersion(char* version, unsigned length) {
  ENTER();
  std::snprintf(version, length, "580.0");
  return NVML_SUCCESS;
}

EXPORTED nvmlReturn_t nvmlSystemGetConfComputeState(nvmlConfComputeSystemState_t* state) {
  ENTER();
  return tell("confidential_compute", 0, &state->ccFeature);
}

EXPORTED nvmlReturn_t nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_t* device) {
  ENTER();
  const bool instances = vram::stand_in::fact("mig_instances", 0) != 0;
  if (std::strncmp(uuid, instances ? "MIG-7374616e" : "GPU-7374616e", 12) != 0) return NVML_ERROR_NOT_FOUND;
  *device = reinterpret_cast<nvmlDevice_t>(1);
  return NVML_SUCCESS;
}

EXPORTED nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t, nvmlMemoryErrorType_t,
                                                  nvmlEccCounterType_t counter, unsigned long long* count) {
  ENTER();
  const std::optional<long long> fact =
      told_fact(counter == NVML_VOLATILE_ECC ? "ecc_uncorrected_volatile" : "ecc_uncorrected_aggregate", 0);
  if (!fact) return NVML_ERROR_NOT_SUPPORTED;
  *count = static_cast<unsigned long long>(*fact);
  return NVML_SUCCESS;
}

EXPORTED nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t, unsigned* corrected, unsigned* uncorrected,
                                                unsigned* pending, unsigned* failed) {
  ENTER();
  *corrected = *uncorrected = 0;
  const nvmlReturn_t result = tell("remapped_rows_pending", 0, pending);
  return result == NVML_SUCCESS ? tell("remapping_failed", 0, failed) : result;
}

EXPORTED nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t, unsigned* current, unsigned* pending) {
  ENTER();
  *pending = 0;
  return tell("mig_enabled", 0, current);
}

EXPORTED nvmlReturn_t nvmlDeviceGetClockInfo(nvmlDevice_t, int, unsigned* mhz) {
  return tell("sm_clock_mhz", 1000, mhz);
}
