#include "bench_device.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <random>

#include "sm_clock.h"
#include "stream_arguments.h"

extern "C" {
extern const char vram_bench_stream_ptx[];
}

namespace vram_bench {

using namespace vram::cuda;

namespace {

constexpr std::uint64_t MOST_PIECE_BYTES = 256ull << 20;
/// Enough for every multiprocessor to have all the threads that it holds.
constexpr unsigned BLOCKS_PER_MULTIPROCESSOR = 8;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void require(vram_status status) {
  if (status != VRAM_OK) throw Failure(status, vram_status_name(status));
}

}  // namespace

BenchDevice::BenchDevice(const Driver& driver, const Options& options)
    : driver_(driver),
      options_(options),
      facts_(observe_device(driver, 0)),
      piece_bytes_(std::min(MOST_PIECE_BYTES, options.bytes)),
      context_(driver, driver.device(0)),
      stream_(driver, Stream::Priority::NORMAL),
      digester_(driver, driver.device(0)),
      model_(DeviceMemory::allocate(driver, driver.device(0), options.bytes, DeviceMemory::Sharing::NONE)),
      copy_(DeviceMemory::allocate(driver, driver.device(0), options.bytes, DeviceMemory::Sharing::NONE)) {
  driver.cuDeviceGetAttribute(&multiprocessors_, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, driver.device(0));
  void* pinned = nullptr;
  driver.cuMemHostAlloc(&pinned, piece_bytes_, 0);
  pinned_ = static_cast<std::uint8_t*>(pinned);
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i + 8 <= piece_bytes_; i += 8) {
    const std::uint64_t word = random();
    std::memcpy(pinned_ + i, &word, 8);
  }
  for (std::uint64_t at = 0; at < options.bytes; at += piece_bytes_)
    driver.cuMemcpyHtoDAsync(model_->address() + at, pinned_, piece_bytes_, stream_.get());
  synchronise();
  driver.cuModuleLoadData(&module_, vram_bench_stream_ptx);
  driver.cuModuleGetFunction(&stream_kernel_, module_, STREAM_KERNEL);
}

BenchDevice::~BenchDevice() {
  driver_.cuStreamSynchronize.call(stream_.get());
  if (module_ != nullptr) driver_.cuModuleUnload.call(module_);
  if (pinned_ != nullptr) driver_.cuMemFreeHost.call(pinned_);
}

template <class Work>
double BenchDevice::best(Work work) const {
  work();
  double best = 1e9;
  const double until = now() + options_.seconds;
  do {
    const double began = now();
    work();
    best = std::min(best, now() - began);
  } while (now() < until);
  return best;
}

DigestSeconds BenchDevice::digest(vram_digest_algorithm algorithm) {
  std::array<std::uint8_t, VRAM_DIGEST_BYTES> found{}, expected{};
  const std::uint32_t cancelled = 0;
  const DigestJob job{model_->address(), options_.bytes, found.data(), &cancelled};
  SmClock clock(driver_, options_.stand_in, facts_.uuid);
  const double seconds = best([&] { digester_.digest(algorithm, {&job, 1}, stream_.get(), false); });
  const unsigned mhz = clock.median_mhz();

  vram_pool* pool = nullptr;
  require(vram_pool_create(std::max(1u, std::thread::hardware_concurrency()), &pool));
  vram_hasher hasher;
  require(vram_hasher_init(&hasher, algorithm, VRAM_BEST));
  for (std::uint64_t at = 0; at < options_.bytes; at += piece_bytes_)
    require(vram_hasher_update(&hasher, pinned_, piece_bytes_, pool));
  require(vram_hasher_finish(&hasher, expected.data()));
  vram_pool_destroy(pool);
  if (found != expected) throw Failure(VRAM_DEVICE_ERROR, "The digest in place is not that of the host");
  return {seconds, mhz};
}

double BenchDevice::copy_on_device() {
  return best([&] {
    cuMemcpyDtoDAsync(copy_->address(), model_->address(), options_.bytes, stream_.get());
    synchronise();
  });
}

double BenchDevice::copy_to_device() {
  return best([&] {
    driver_.cuMemcpyHtoDAsync(copy_->address(), pinned_, piece_bytes_, stream_.get());
    synchronise();
  });
}

double BenchDevice::copy_to_host() {
  return best([&] {
    driver_.cuMemcpyDtoHAsync(pinned_, model_->address(), piece_bytes_, stream_.get());
    synchronise();
  });
}

double BenchDevice::copy_back_and_hash() {
  std::array<std::uint8_t, VRAM_DIGEST_BYTES> digest{};
  return best([&] {
    driver_.cuMemcpyDtoHAsync(pinned_, model_->address(), piece_bytes_, stream_.get());
    synchronise();
    require(vram_digest(VRAM_SHA256, VRAM_BEST, pinned_, piece_bytes_, nullptr, digest.data()));
  });
}

double BenchDevice::inference_steps() {
  StreamArguments arguments{model_->address(), options_.bytes / 16, copy_->address()};
  void* parameters[] = {&arguments};
  const unsigned blocks = BLOCKS_PER_MULTIPROCESSOR * static_cast<unsigned>(std::max(1, multiprocessors_));
  const auto step = [&] {
    driver_.cuLaunchKernel(stream_kernel_, blocks, 1, 1, STREAM_THREADS, 1, 1, 0, stream_.get(), parameters,
                           nullptr);
    synchronise();
  };
  step();
  std::uint64_t steps = 0;
  const double began = now();
  do {
    step();
    steps++;
  } while (now() < began + options_.seconds);
  return static_cast<double>(steps) / (now() - began);
}

}  // namespace vram_bench
