#pragma once

#include <new>
#include <system_error>

#include "failure.h"

namespace vram::cuda {

/// Does something for a request, and writes down how it ended. Returns whether it succeeded.
template <class Work>
bool attempt(vram_status& status, vram_cause& cause, Work work) noexcept {
  status = VRAM_OK;
  cause.text[0] = 0;
  try {
    work();
  } catch (const Failure& failure) {
    status = failure.status;
    cause = failure.cause;
  } catch (const std::bad_alloc&) {
    status = VRAM_OUT_OF_MEMORY;
  } catch (const std::system_error&) {
    status = VRAM_THREADS_UNAVAILABLE;
  } catch (...) {
    status = VRAM_DEVICE_ERROR;
  }
  return status == VRAM_OK;
}

template <class Work>
bool attempt(vram_request& request, Work work) noexcept {
  return attempt(request.status, request.cause, work);
}

}  // namespace vram::cuda
