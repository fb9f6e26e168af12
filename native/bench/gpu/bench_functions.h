// What the benchmark calls of the driver that the library does not: X(name, version, parameters), as in
// driver_api.h.
#pragma once

#include "../../src/cuda/driver_api.h"

#define VRAM_BENCH_DRIVER_FUNCTIONS(X) \
  X(cuMemcpyDtoDAsync, 3020, (CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream stream))
