// The part of NVML that is used here: own declarations.
#pragma once

namespace vram::cuda {

using nvmlReturn_t = int;
using nvmlDevice_t = struct nvmlDevice_st*;

enum : nvmlReturn_t { NVML_SUCCESS = 0, NVML_ERROR_NOT_SUPPORTED = 3, NVML_ERROR_NOT_FOUND = 6 };
enum nvmlMemoryErrorType_t : int { NVML_MEMORY_ERROR_TYPE_UNCORRECTED = 1 };
enum nvmlEccCounterType_t : int { NVML_VOLATILE_ECC = 0, NVML_AGGREGATE_ECC = 1 };

struct nvmlConfComputeSystemState_t {
  unsigned environment;
  unsigned ccFeature;
  unsigned devToolsMode;
};

/** Every function that is called: X(member, exported name, parameters). All may be missing in an older
 * driver. */
#define VRAM_NVML_FUNCTIONS(X)                                                                              \
  X(init, nvmlInit_v2, ())                                                                                  \
  X(shutdown, nvmlShutdown, ())                                                                             \
  X(systemDriverVersion, nvmlSystemGetDriverVersion, (char* version, unsigned length))                      \
  X(systemConfComputeState, nvmlSystemGetConfComputeState, (nvmlConfComputeSystemState_t * state))          \
  X(deviceByUuid, nvmlDeviceGetHandleByUUID, (const char* uuid, nvmlDevice_t* device))                      \
  X(totalEccErrors, nvmlDeviceGetTotalEccErrors,                                                            \
    (nvmlDevice_t device, nvmlMemoryErrorType_t type, nvmlEccCounterType_t counter,                         \
     unsigned long long* count))                                                                            \
  X(remappedRows, nvmlDeviceGetRemappedRows,                                                                \
    (nvmlDevice_t device, unsigned* corrected, unsigned* uncorrected, unsigned* pending, unsigned* failed)) \
  X(migMode, nvmlDeviceGetMigMode, (nvmlDevice_t device, unsigned* current, unsigned* pending))

}  // namespace vram::cuda
