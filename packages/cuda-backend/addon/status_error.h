#pragma once

#include <napi.h>

#include "vram/device.h"

namespace vram_addon {

/// The error that JavaScript gets: its message is what failed below, and `status` the number of the
/// vram_status.
inline Napi::Error status_error(Napi::Env env, vram_status status, const vram_cause& cause) {
  Napi::Error error = Napi::Error::New(env, cause.text);
  error.Set("status", Napi::Number::New(env, status));
  return error;
}

}  // namespace vram_addon
