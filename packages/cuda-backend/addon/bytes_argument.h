#pragma once

#include <napi.h>

namespace vram_addon {

/// Bytes of a Uint8Array, valid while the call lasts; they may lie in shared memory.
struct BytesArgument {
  uint8_t* data;
  size_t size;
};

/// Throws a TypeError for anything but a Uint8Array.
inline BytesArgument bytes_argument(Napi::Value value) {
  napi_typedarray_type type = napi_int8_array;
  size_t size = 0;
  void* data = nullptr;
  if (!value.IsTypedArray() ||
      napi_get_typedarray_info(value.Env(), value, &type, &size, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    throw Napi::TypeError::New(value.Env(), "Expected a Uint8Array");
  }
  return {static_cast<uint8_t*>(data), size};
}

}  // namespace vram_addon
