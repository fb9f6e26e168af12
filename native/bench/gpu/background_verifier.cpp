#include "background_verifier.h"

#include <chrono>
#include <future>

#include "../../src/cuda/failure.h"

namespace vram_bench {

using vram::cuda::Failure;
using Clock = std::chrono::steady_clock;

BackgroundVerifier::BackgroundVerifier(const char* stand_in, std::uint64_t shard_bytes,
                                       double bytes_per_second)
    : shard_bytes_(shard_bytes), bytes_per_second_(bytes_per_second) {
  vram_cause cause{};
  vram_device_facts facts{};
  if (vram_driver_open(stand_in, &driver_, &cause) != VRAM_OK ||
      vram_device_open(driver_, 0, &device_, &facts, &cause) != VRAM_OK) {
    throw Failure(VRAM_DEVICE_ERROR, cause.text);
  }
  vram_request request{};
  request.operation = VRAM_ALLOCATE;
  request.length = shard_bytes;
  if (const vram_status status = run(request); status != VRAM_OK) throw Failure(status, request.cause.text);
  allocation_ = request.allocation;
  thread_ = std::thread([this] { verify(); });
}

BackgroundVerifier::~BackgroundVerifier() {
  stop();
  vram_device_destroy(device_);
  vram_driver_close(driver_);
}

vram_status BackgroundVerifier::run(vram_request& request) {
  std::promise<void> ended;
  request.context = &ended;
  request.done = [](vram_request* done) { static_cast<std::promise<void>*>(done->context)->set_value(); };
  vram_device_submit(device_, &request);
  ended.get_future().wait();
  return request.status;
}

void BackgroundVerifier::verify() {
  const auto began = Clock::now();
  std::uint8_t digest[VRAM_DIGEST_BYTES];
  while (!stopped_ && !failed_) {
    vram_request request{};
    request.operation = VRAM_DIGEST;
    request.algorithm = VRAM_BLAKE3;
    request.flags = VRAM_REQUEST_BACKGROUND;
    request.allocation = allocation_;
    request.length = shard_bytes_;
    request.target = digest;
    failed_ = run(request) != VRAM_OK;
    digested_bytes_ += shard_bytes_;
    const std::chrono::duration<double> due(static_cast<double>(digested_bytes_) / bytes_per_second_);
    std::this_thread::sleep_until(began + std::chrono::duration_cast<Clock::duration>(due));
  }
  seconds_ = std::chrono::duration<double>(Clock::now() - began).count();
}

double BackgroundVerifier::stop() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
  return failed_ ? 0 : static_cast<double>(digested_bytes_) / seconds_;
}

}  // namespace vram_bench
