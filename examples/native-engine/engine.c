// An engine in C: computes over a sealed shard where it lies, and hands memory of its own over to be sealed.
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "vram/external.h"

static const napi_type_tag TAG = {VRAM_EXTERNAL_TAG_LOWER, VRAM_EXTERNAL_TAG_UPPER};

static napi_value fail(napi_env env, const char* code, const char* message) {
  napi_throw_error(env, code, message);
  return NULL;
}

static const cuda_driver* driver_of(int simulated) {
  return load_driver(simulated ? getenv("VRAM_RESIDENCY_CUDA_DRIVER") : NULL);
}

/* What an object with the tag wraps; null for any other value, whatever it pretends to be. */
static vram_external* unwrap(napi_env env, napi_value value) {
  bool tagged = false;
  void* wrapped = NULL;
  if (napi_check_object_type_tag(env, value, &TAG, &tagged) != napi_ok || !tagged) return NULL;
  return napi_unwrap(env, value, &wrapped) == napi_ok ? wrapped : NULL;
}

/* FNV-1a: stands in for what an engine computes. */
static uint32_t checksum(const unsigned char* bytes, size_t count) {
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < count; i++) sum = (sum ^ bytes[i]) * 16777619u;
  return sum;
}

typedef struct reading {
  vram_external view;
  size_t bytes;
  uint32_t sum;
} reading;

static int read_first(const cuda_driver* cuda, void* stream, void* about) {
  reading* job = about;
  void* host = NULL;
  int result = cuda->allocate_host(&host, job->bytes, 0);
  if (result != 0) return result;
  result = cuda->copy_to_host(host, job->view.device_pointer, job->bytes, stream);
  /* Waited for, so that nothing reads the shard once the execution has ended. */
  if (result == 0) result = cuda->synchronize(stream);
  if (result == 0) job->sum = checksum(host, job->bytes);
  memset(host, 0, job->bytes);
  const int released = cuda->release_host(host);
  return result == 0 ? released : result;
}

/* checksum(external, bytes): of the first bytes of a shard. */
static napi_value checksum_of(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], sum;
  uint32_t bytes = 0;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok) return NULL;
  const vram_external* wrapped = unwrap(env, arguments[0]);
  if (wrapped == NULL) return fail(env, "NO_EXTERNAL", "Expected the external of a shard");
  reading job = {.sum = 0};
  if (!vram_external_read(wrapped, &job.view)) return fail(env, "STALE", "The shard was released");
  if (napi_get_value_uint32(env, arguments[1], &bytes) != napi_ok || bytes == 0 ||
      bytes > job.view.size_bytes)
    return fail(env, "OUT_OF_RANGE", "Expected a count of bytes inside the shard");
  job.bytes = bytes;
  const cuda_driver* cuda = driver_of((int)job.view.simulated);
  if (cuda == NULL) return fail(env, "NO_DRIVER", "There is no CUDA driver");
  if (with_device(cuda, job.view.device_ordinal, read_first, &job) != 0)
    return fail(env, "DRIVER_FAILED", "The driver failed to copy");
  return napi_create_uint32(env, job.sum, &sum) == napi_ok ? sum : NULL;
}

typedef struct writing {
  const void* bytes;
  size_t count;
  uint64_t pointer;
} writing;

static int allocate_and_write(const cuda_driver* cuda, void* stream, void* about) {
  writing* job = about;
  void* host = NULL;
  int result = cuda->allocate_host(&host, job->count, 0);
  if (result != 0) return result;
  memcpy(host, job->bytes, job->count);
  result = cuda->allocate(&job->pointer, job->count);
  if (result == 0) result = cuda->copy_to_device(job->pointer, host, job->count, stream);
  /* Memory is handed over once it is written. */
  if (result == 0) result = cuda->synchronize(stream);
  if (result != 0 && job->pointer != 0) cuda->release_memory(job->pointer);
  cuda->release_host(host);
  return result;
}

static int release_pointer(const cuda_driver* cuda, void* stream, void* about) {
  (void)stream;
  return cuda->release_memory(*(const uint64_t*)about);
}

/* First says that the memory is gone, then lets it go. */
static int unload_external(vram_external* external) {
  if (!__atomic_exchange_n(&external->valid, 0, __ATOMIC_ACQ_REL)) return 0;
  const cuda_driver* cuda = driver_of((int)external->simulated);
  return with_device(cuda, external->device_ordinal, release_pointer, &external->device_pointer);
}

static void finalize(napi_env env, void* external, void* hint) {
  (void)env;
  (void)hint;
  unload_external(external);
  free(external);
}

/* load(bytes, simulated): copies bytes into device memory of the engine's own, and gives its external. */
static napi_value load(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], object;
  writing job = {.pointer = 0};
  bool simulated = false;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok) return NULL;
  if (napi_get_typedarray_info(env, arguments[0], NULL, &job.count, (void**)&job.bytes, NULL, NULL) !=
          napi_ok ||
      job.count == 0 || napi_get_value_bool(env, arguments[1], &simulated) != napi_ok)
    return fail(env, "NO_BYTES", "Expected bytes, and whether the device is simulated");
  const cuda_driver* cuda = driver_of(simulated);
  if (cuda == NULL) return fail(env, "NO_DRIVER", "There is no CUDA driver");
  if (with_device(cuda, 0, allocate_and_write, &job) != 0)
    return fail(env, "DRIVER_FAILED", "The driver failed to allocate or copy");
  vram_external* external = malloc(sizeof *external);
  if (external == NULL) return fail(env, "NO_MEMORY", "There is no memory");
  *external = (vram_external){VRAM_EXTERNAL_VERSION, 1, job.pointer, job.count, 0, simulated};
  if (napi_create_object(env, &object) != napi_ok ||
      napi_wrap(env, object, external, finalize, NULL, NULL) != napi_ok) {
    finalize(env, external, NULL);
    return fail(env, "FAILED", "Node-API failed");
  }
  return napi_type_tag_object(env, object, &TAG) == napi_ok ? object : NULL;
}

/* unload(external): frees what `load` made, at the latest when nothing refers to it any more. */
static napi_value unload(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok) return NULL;
  vram_external* external = unwrap(env, argument);
  if (external == NULL) return fail(env, "NO_EXTERNAL", "Expected what load gave");
  if (unload_external(external) != 0) return fail(env, "DRIVER_FAILED", "The driver failed to free");
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"checksum", NULL, checksum_of, NULL, NULL, NULL, napi_enumerable, NULL},
      {"load", NULL, load, NULL, NULL, NULL, napi_enumerable, NULL},
      {"unload", NULL, unload, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  return napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) == napi_ok
             ? exports
             : NULL;
}
