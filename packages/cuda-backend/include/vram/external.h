// How a native addon reaches device memory that JavaScript hands it as an allocation's `external`: an object
// with the type tag below, which wraps a `vram_external`. It shows nothing to JavaScript, and no other object
// carries the tag.
//
//   napi_type_tag tag = {VRAM_EXTERNAL_TAG_LOWER, VRAM_EXTERNAL_TAG_UPPER};
//   bool tagged = false;
//   void* wrapped = NULL;
//   if (napi_check_object_type_tag(env, value, &tag, &tagged) == napi_ok && tagged &&
//       napi_unwrap(env, value, &wrapped) == napi_ok) {
//     vram_external view;
//     if (vram_external_read((const vram_external*)wrapped, &view)) use(view.device_pointer,
//     view.size_bytes);
//   }
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VRAM_EXTERNAL_TAG_LOWER 0x7652616d45787431ull
#define VRAM_EXTERNAL_TAG_UPPER 0x9d1f6c0b8e3a4572ull
#define VRAM_EXTERNAL_VERSION 1u

/** Device memory that is valid until its allocation is freed: inside `execute`, at least until that ends. */
typedef struct vram_external {
  /** VRAM_EXTERNAL_VERSION; a reader refuses what it does not know. */
  uint32_t version;
  /** 0 once the allocation is freed. */
  uint32_t valid;
  /** A CUdeviceptr of the primary context of `device_ordinal`. */
  uint64_t device_pointer;
  uint64_t size_bytes;
  int32_t device_ordinal;
  /** 1 where a stand-in driver made it: the address then means nothing to CUDA. */
  uint32_t simulated;
} vram_external;

/** Copies what `wrapped` says if it is of this version and still valid. Returns 1 if so, else 0. */
static inline int vram_external_read(const vram_external* wrapped, vram_external* view) {
  if (wrapped->version != VRAM_EXTERNAL_VERSION) return 0;
  if (__atomic_load_n(&wrapped->valid, __ATOMIC_ACQUIRE) == 0) return 0;
  *view = *wrapped;
  return 1;
}

#ifdef __cplusplus
}
#endif
