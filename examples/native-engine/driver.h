// The few functions of the CUDA driver that the engine calls, found at run time: building needs no toolkit.
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Each gives a CUresult. */
typedef struct cuda_driver {
  int (*init)(unsigned flags);
  int (*retain)(void** context, int device);
  int (*release)(int device);
  int (*set_current)(void* context);
  int (*create_stream)(void** stream, unsigned flags, int priority);
  int (*synchronize)(void* stream);
  int (*destroy_stream)(void* stream);
  int (*allocate)(uint64_t* pointer, size_t bytes);
  int (*release_memory)(uint64_t pointer);
  int (*allocate_host)(void** pointer, size_t bytes, unsigned flags);
  int (*release_host)(void* pointer);
  int (*copy_to_device)(uint64_t to, const void* from, size_t bytes, void* stream);
  int (*copy_to_host)(void* to, uint64_t from, size_t bytes, void* stream);
} cuda_driver;

/**
 * The driver, loaded once; null if there is none, or it is too old.
 *
 * @param stand_in path of a stand-in for it, as tests of this repository have one; null for the system's
 */
const cuda_driver* load_driver(const char* stand_in);

/** What is done with the primary context of `device` current on this thread, and a stream. Returns a
 * CUresult. */
int with_device(const cuda_driver* cuda, int device,
                int (*work)(const cuda_driver*, void* stream, void* about), void* about);
