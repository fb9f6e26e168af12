#include "driver.h"

#include <dlfcn.h>

enum { SUCCESS = 0, NON_BLOCKING = 1 };

typedef int (*get_proc_address)(const char* name, void** function, int version, uint64_t flags, int* found);

/* Each at the version of the ABI that its declaration belongs to. */
static int find_all(get_proc_address find, cuda_driver* found) {
  const struct {
    const char* name;
    int version;
    void* function;
  } functions[] = {
      {"cuInit", 2000, &found->init},
      {"cuDevicePrimaryCtxRetain", 7000, &found->retain},
      {"cuDevicePrimaryCtxRelease", 11000, &found->release},
      {"cuCtxSetCurrent", 4000, &found->set_current},
      {"cuStreamCreateWithPriority", 5050, &found->create_stream},
      {"cuStreamSynchronize", 2000, &found->synchronize},
      {"cuStreamDestroy", 4000, &found->destroy_stream},
      {"cuMemAlloc", 3020, &found->allocate},
      {"cuMemFree", 3020, &found->release_memory},
      {"cuMemHostAlloc", 2020, &found->allocate_host},
      {"cuMemFreeHost", 2000, &found->release_host},
      {"cuMemcpyHtoDAsync", 3020, &found->copy_to_device},
      {"cuMemcpyDtoHAsync", 3020, &found->copy_to_host},
  };
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    int status = 0;
    if (find(functions[i].name, (void**)functions[i].function, functions[i].version, 0, &status) != SUCCESS)
      return 0;
  }
  return 1;
}

const cuda_driver* load_driver(const char* stand_in) {
  static cuda_driver loaded;
  static int is_loaded = 0;
  if (is_loaded) return &loaded;
  void* library = dlopen(stand_in == NULL ? "libcuda.so.1" : stand_in, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return NULL;
  get_proc_address find = (get_proc_address)dlsym(library, "cuGetProcAddress_v2");
  if (find == NULL || !find_all(find, &loaded) || loaded.init(0) != SUCCESS) return NULL;
  is_loaded = 1;
  return &loaded;
}

int with_device(const cuda_driver* cuda, int device,
                int (*work)(const cuda_driver*, void* stream, void* about), void* about) {
  void* context = NULL;
  void* stream = NULL;
  /* vram-residency keeps its memory in the primary context; no other can use it. */
  int result = cuda->retain(&context, device);
  if (result != SUCCESS) return result;
  result = cuda->set_current(context);
  if (result == SUCCESS) result = cuda->create_stream(&stream, NON_BLOCKING, 0);
  if (result == SUCCESS) {
    result = work(cuda, stream, about);
    const int destroyed = cuda->destroy_stream(stream);
    if (result == SUCCESS) result = destroyed;
  }
  const int released = cuda->release(device);
  return result == SUCCESS ? released : result;
}
