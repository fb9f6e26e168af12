// Made from native/status.list by native/tools/generate_status.cmake.
#include "vram/status.h"

const char* vram_status_name(int status) {
  switch (status) {
    case VRAM_OK:
      return "VRAM_OK";
    case VRAM_INVALID_ARGUMENT:
      return "VRAM_INVALID_ARGUMENT";
    case VRAM_UNSUPPORTED:
      return "VRAM_UNSUPPORTED";
    case VRAM_HASHER_FINISHED:
      return "VRAM_HASHER_FINISHED";
    case VRAM_OUT_OF_MEMORY:
      return "VRAM_OUT_OF_MEMORY";
    case VRAM_THREADS_UNAVAILABLE:
      return "VRAM_THREADS_UNAVAILABLE";
    case VRAM_MALFORMED_RECORD:
      return "VRAM_MALFORMED_RECORD";
    case VRAM_CANCELLED:
      return "VRAM_CANCELLED";
    case VRAM_NO_DRIVER:
      return "VRAM_NO_DRIVER";
    case VRAM_NO_SUCH_DEVICE:
      return "VRAM_NO_SUCH_DEVICE";
    case VRAM_DEVICE_OUT_OF_MEMORY:
      return "VRAM_DEVICE_OUT_OF_MEMORY";
    case VRAM_DEVICE_CLOSED:
      return "VRAM_DEVICE_CLOSED";
    case VRAM_ALLOCATION_FREED:
      return "VRAM_ALLOCATION_FREED";
    case VRAM_READ_ONLY:
      return "VRAM_READ_ONLY";
    case VRAM_DEVICE_LOST:
      return "VRAM_DEVICE_LOST";
    case VRAM_DEVICE_ERROR:
      return "VRAM_DEVICE_ERROR";
    case VRAM_NOT_EXPORTABLE:
      return "VRAM_NOT_EXPORTABLE";
    case VRAM_NOT_ADOPTABLE:
      return "VRAM_NOT_ADOPTABLE";
    case VRAM_NOT_OWNED:
      return "VRAM_NOT_OWNED";
    case VRAM_FILE_UNREADABLE:
      return "VRAM_FILE_UNREADABLE";
  }
  return "VRAM_UNKNOWN_STATUS";
}
