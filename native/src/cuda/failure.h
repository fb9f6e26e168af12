// How something below this library failed, on its way to the C interface.
#pragma once

#include <cstdio>

#include "vram/device.h"

namespace vram::cuda {

/// Thrown inside the library alone; `status` and the text become what the C interface tells.
struct Failure {
  vram_status status;
  vram_cause cause;

  explicit Failure(vram_status status, const char* text = "") : status(status), cause{} {
    std::snprintf(cause.text, sizeof cause.text, "%s", text);
  }
};

}  // namespace vram::cuda
