#include "session.h"

#include <vector>

#include "attempt.h"
#include "cancellation.h"
#include "first_failure.h"
#include "foreign_memory.h"

namespace vram::cuda {

namespace {

bool is_background(const vram_request& request) {
  return (request.flags & VRAM_REQUEST_BACKGROUND) != 0;
}

}  // namespace

PrimaryContext::PrimaryContext(const Driver& driver, CUdevice device) : driver_(driver), device_(device) {
  CUcontext context = nullptr;
  driver.cuDevicePrimaryCtxRetain(&context, device);
  retained_ = true;
  const CUresult result = driver.cuCtxSetCurrent.call(context);
  if (result != CUDA_SUCCESS) {
    driver.cuDevicePrimaryCtxRelease.call(device);
    driver.cuCtxSetCurrent.fail(result);
  }
}

PrimaryContext::~PrimaryContext() {
  if (retained_) driver_.cuDevicePrimaryCtxRelease.call(device_);
}

void PrimaryContext::close() {
  if (retained_) driver_.cuDevicePrimaryCtxRelease.release(device_);
  retained_ = false;
}

Stream::Stream(const Driver& driver, Priority priority) : driver_(driver) {
  int least = 0, greatest = 0;
  driver.cuCtxGetStreamPriorityRange(&least, &greatest);
  driver.cuStreamCreateWithPriority(&stream_, CU_STREAM_NON_BLOCKING,
                                    priority == Priority::LOWEST ? least : 0);
}

Stream::~Stream() {
  if (stream_ != nullptr) driver_.cuStreamDestroy.call(stream_);
}

void Stream::close() {
  if (stream_ != nullptr) driver_.cuStreamDestroy.release(stream_);
  stream_ = nullptr;
}

Session::Session(const Driver& driver, std::uint32_t index, RequestQueue& queue)
    : driver_(driver),
      device_(driver.device(index)),
      context_(driver, device_),
      stream_(driver, Stream::Priority::NORMAL),
      background_(driver, Stream::Priority::LOWEST),
      digester_(driver, device_),
      ring_(driver, stream_.get()),
      loads_(ring_, queue) {}

void Session::carry_out(vram_request& request) {
  switch (request.operation) {
    case VRAM_MEMORY:
      return memory(request);
    case VRAM_ALLOCATE:
      return allocate(request);
    case VRAM_WRITE:
      return write(request);
    case VRAM_READ:
      return read(request);
    case VRAM_CHUNK_DIGESTS:
      return chunk_digests(request);
    case VRAM_PROTECT:
      return protect(request);
    case VRAM_ZERO:
      return zero(request);
    case VRAM_FREE:
      return free(request);
    case VRAM_EXPORT:
      return export_memory(request);
    case VRAM_IMPORT:
    case VRAM_ADOPT:
      return adopt(request);
    default:
      throw Failure(VRAM_INVALID_ARGUMENT, "No such operation");
  }
}

void Session::memory(vram_request& request) {
  std::size_t free_bytes = 0, total_bytes = 0;
  driver_.cuMemGetInfo(&free_bytes, &total_bytes);
  request.free_bytes = free_bytes;
  request.total_bytes = total_bytes;
}

void Session::allocate(vram_request& request) {
  if (request.length == 0) throw Failure(VRAM_INVALID_ARGUMENT, "An allocation has at least one byte");
  throw_if_cancelled(request.cancelled);
  const bool exportable = (request.flags & VRAM_REQUEST_EXPORTABLE) != 0;
  hold(request,
       DeviceMemory::allocate(driver_, device_, request.length,
                              exportable ? DeviceMemory::Sharing::EXPORTABLE : DeviceMemory::Sharing::NONE));
}

void Session::adopt(vram_request& request) {
  if (request.length == 0) throw Failure(VRAM_INVALID_ARGUMENT, "An allocation has at least one byte");
  throw_if_cancelled(request.cancelled);
  hold(request, request.operation == VRAM_IMPORT
                    ? import_memory(driver_, device_, request.descriptor, request.length)
                    : adopt_memory(driver_, device_, request.device_pointer, request.length));
}

void Session::export_memory(vram_request& request) {
  const DeviceMemory& memory = held(request);
  // Nobody else waits for this device's streams: what was written must be there.
  settle();
  request.descriptor = memory.export_descriptor();
}

void Session::hold(vram_request& request, std::unique_ptr<DeviceMemory> memory) {
  request.allocation = ++last_allocation_;
  request.allocated_bytes = memory->allocated_bytes();
  request.device_pointer = memory->address();
  request.facts = memory->facts();
  allocations_.emplace(request.allocation, std::move(memory));
}

void Session::write(const vram_request& request) {
  const DeviceMemory& memory = writable(request);
  ring_.write(memory.address() + request.offset, request.source, request.length, request.cancelled);
}

bool Session::load(vram_request& request) {
  if (request.length == 0) throw Failure(VRAM_INVALID_ARGUMENT, "A load is of at least one byte");
  constexpr std::uint32_t ALGORITHMS = 1u << VRAM_BLAKE3 | 1u << VRAM_SHA256_FSVERITY | 1u << VRAM_SHA256;
  if ((request.digests & ~ALGORITHMS) != 0) throw Failure(VRAM_INVALID_ARGUMENT, "No such digests");
  return loads_.carry_on(request, writable(request).address() + request.offset);
}

void Session::read(const vram_request& request) {
  const DeviceMemory& memory = ranged(request);
  ring_.read(request.target, memory.address() + request.offset, request.length);
}

void Session::digest(std::span<vram_request* const> requests) {
  std::vector<DigestJob> jobs;
  std::vector<vram_request*> joined;
  for (vram_request* request : requests) {
    if (attempt(*request, [&] { jobs.push_back(job(*request)); })) joined.push_back(request);
  }
  if (joined.empty()) return;
  const bool background = is_background(*joined.front());
  const auto algorithm = static_cast<vram_digest_algorithm>(joined.front()->algorithm);
  vram_request shared{};
  attempt(shared, [&] { digester_.digest(algorithm, jobs, digest_stream(background), background); });
  for (vram_request* request : joined) {
    request->status = shared.status;
    request->cause = shared.cause;
  }
}

void Session::chunk_digests(vram_request& request) {
  const DeviceMemory& memory = ranged(request);
  const bool whole = request.length == memory.size_bytes();
  const bool ends_at_chunk = request.length % VRAM_CHUNK_BYTES == 0;
  const bool ends_at_end = request.offset + request.length == memory.size_bytes();
  if (request.offset % VRAM_CHUNK_BYTES != 0 || !(ends_at_chunk || ends_at_end) || request.length == 0) {
    throw Failure(VRAM_INVALID_ARGUMENT, "The range cuts a chunk");
  }
  const DigestJob chunks = job(request);
  const auto algorithm = static_cast<vram_digest_algorithm>(request.algorithm);
  const bool background = is_background(request);
  const CUstream stream = digest_stream(background);
  // The node of a message's only chunk is its digest.
  if (whole && request.length <= VRAM_CHUNK_BYTES)
    return digester_.digest(algorithm, {&chunks, 1}, stream, background);
  digester_.chunk_nodes(algorithm, chunks, request.offset / VRAM_CHUNK_BYTES, stream, background);
}

void Session::protect(vram_request& request) {
  DeviceMemory& memory = held(request);
  settle();
  memory.protect();
  request.facts = memory.facts();
}

void Session::zero(vram_request& request) {
  DeviceMemory& memory = held(request);
  settle();
  memory.unprotect();
  driver_.cuMemsetD8Async(memory.address(), 0, memory.allocated_bytes(), stream_.get());
  driver_.cuStreamSynchronize(stream_.get());
  request.facts = memory.facts();
}

void Session::free(const vram_request& request) {
  const auto found = allocations_.find(request.allocation);
  if (found == allocations_.end()) return;
  settle_for_release();
  found->second->free();
  allocations_.erase(found);
}

void Session::close() {
  // They use the ring.
  loads_.stop();
  try {
    release_all();
  } catch (const Failure&) {
    // Nobody may ever call again, so what was not given back is tried once more.
    release_all();
  }
}

void Session::release_all() {
  FirstFailure failures;
  std::erase_if(allocations_, [&](auto& entry) {
    return failures.attempt([&] {
      settle_for_release();
      entry.second->free();
    });
  });
  failures.attempt([&] { ring_.close(); });
  failures.attempt([&] { digester_.close(); });
  // What is left needs its streams and its context.
  failures.rethrow();
  background_.close();
  stream_.close();
  context_.close();
}

DeviceMemory& Session::held(const vram_request& request) {
  const auto found = allocations_.find(request.allocation);
  if (found == allocations_.end()) throw Failure(VRAM_ALLOCATION_FREED);
  return *found->second;
}

DeviceMemory& Session::ranged(const vram_request& request) {
  DeviceMemory& memory = held(request);
  if (request.offset > memory.size_bytes() || request.length > memory.size_bytes() - request.offset) {
    throw Failure(VRAM_INVALID_ARGUMENT, "The range lies outside of the allocation");
  }
  return memory;
}

DeviceMemory& Session::writable(const vram_request& request) {
  DeviceMemory& memory = ranged(request);
  // The driver would only refuse it when the copy is under way, and lose the context over that.
  memory.assert_writable();
  return memory;
}

DigestJob Session::job(const vram_request& request) {
  const DeviceMemory& memory = ranged(request);
  if (request.length == 0) throw Failure(VRAM_INVALID_ARGUMENT, "A digest is over at least one byte");
  if (request.algorithm > VRAM_SHA256_FSVERITY) throw Failure(VRAM_UNSUPPORTED);
  throw_if_cancelled(request.cancelled);
  return {memory.address() + request.offset, request.length, request.target, &request.cancelled};
}

CUstream Session::digest_stream(bool background) {
  if (!background) return stream_.get();
  driver_.cuStreamSynchronize(stream_.get());
  return background_.get();
}

void Session::settle() {
  driver_.cuStreamSynchronize(stream_.get());
  driver_.cuStreamSynchronize(background_.get());
}

void Session::settle_for_release() {
  for (const Stream* stream : {&stream_, &background_}) {
    if (stream->get() != nullptr) driver_.cuStreamSynchronize.release(stream->get());
  }
}

}  // namespace vram::cuda
