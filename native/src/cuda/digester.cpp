#include "digester.h"

#include <algorithm>
#include <cstring>

#include "cancellation.h"
#include "kernel_image.h"
#include "kernels/blake3.h"
#include "kernels/fsverity.h"

namespace vram::cuda {

Digester::Digester(const Driver& driver, CUdevice device) : driver_(driver) {
  try {
    load(device);
  } catch (...) {
    abandon();
    throw;
  }
}

void Digester::load(CUdevice device) {
  int major = 0, minor = 0;
  driver_.cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
  driver_.cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
  module_ = load_kernels(driver_, 10 * major + minor);
  if (module_ == nullptr) return;
  using namespace cuda_kernels;
  blake3_ = {.chunks = kernel("vram_blake3_chunks", Blake3Chunks::THREADS),
             .merge = kernel("vram_blake3_merge", Blake3Merge::THREADS),
             .finish = {},
             .fan_in = Blake3Merge::FAN_IN};
  fsverity_ = {.chunks = kernel("vram_fsverity_chunks", FsVerityChunks::THREADS),
               .merge = kernel("vram_fsverity_merge", FsVerityMerge::THREADS),
               .finish = kernel("vram_fsverity_finish", FsVerityFinish::THREADS),
               .fan_in = FsVerityMerge::FAN_IN};
  driver_.cuMemAlloc(&scratch_, TABLE_BYTES + NodeRegions::END * NODE_BYTES);
  void* pinned = nullptr;
  driver_.cuMemHostAlloc(&pinned, FOREGROUND_PIECE_CHUNKS * NODE_BYTES, 0);
  arrived_ = static_cast<std::uint8_t*>(pinned);
  for (Staging& staging : staging_) {
    driver_.cuMemHostAlloc(&pinned, TABLE_BYTES, 0);
    staging.bytes = static_cast<std::uint8_t*>(pinned);
    driver_.cuEventCreate(&staging.used, CU_EVENT_DISABLE_TIMING);
  }
}

Digester::~Digester() {
  abandon();
}

void Digester::abandon() {
  for (Staging& staging : staging_) {
    if (staging.used != nullptr) driver_.cuEventDestroy.call(staging.used);
    if (staging.bytes != nullptr) driver_.cuMemFreeHost.call(staging.bytes);
  }
  if (arrived_ != nullptr) driver_.cuMemFreeHost.call(arrived_);
  if (scratch_ != 0) driver_.cuMemFree.call(scratch_);
  if (module_ != nullptr) driver_.cuModuleUnload.call(module_);
}

void Digester::close() {
  for (Staging& staging : staging_) {
    if (staging.used != nullptr) driver_.cuEventDestroy.release(staging.used);
    staging.used = nullptr;
    if (staging.bytes != nullptr) driver_.cuMemFreeHost.release(staging.bytes);
    staging.bytes = nullptr;
  }
  if (arrived_ != nullptr) driver_.cuMemFreeHost.release(arrived_);
  arrived_ = nullptr;
  if (scratch_ != 0) driver_.cuMemFree.release(scratch_);
  scratch_ = 0;
  if (module_ != nullptr) driver_.cuModuleUnload.release(module_);
  module_ = nullptr;
}

Digester::Kernel Digester::kernel(const char* name, unsigned threads) const {
  Kernel kernel{nullptr, threads};
  driver_.cuModuleGetFunction(&kernel.function, module_, name);
  return kernel;
}

template <class Work>
void Digester::settled(CUstream stream, Work work) const {
  try {
    work();
  } catch (...) {
    // What was started reads its tables only now: they must not be another grid's by then.
    driver_.cuStreamSynchronize.call(stream);
    throw;
  }
}

void Digester::digest(vram_digest_algorithm algorithm, std::span<const DigestJob> jobs, CUstream stream,
                      bool background) {
  if (module_ == nullptr) throw Failure(VRAM_UNSUPPORTED, "The device has a compute capability below 7.5");
  const std::uint64_t piece_chunks = background ? BACKGROUND_PIECE_CHUNKS : FOREGROUND_PIECE_CHUNKS;
  std::size_t first = 0;
  std::uint64_t pieces = 0;
  for (std::size_t i = 0; i < jobs.size(); i++) {
    const std::uint64_t more = piece_count(jobs[i].bytes, piece_chunks);
    if (more > MAX_PIECES) throw Failure(VRAM_UNSUPPORTED, "The range is longer than the kernels can merge");
    if (i > first && (pieces + more > MAX_PIECES || i - first == MAX_JOBS)) {
      digest_group(algorithm, jobs.subspan(first, i - first), stream, piece_chunks);
      first = i;
      pieces = 0;
    }
    pieces += more;
  }
  digest_group(algorithm, jobs.subspan(first), stream, piece_chunks);
}

void Digester::digest_group(vram_digest_algorithm algorithm, std::span<const DigestJob> jobs, CUstream stream,
                            std::uint64_t piece_chunks) {
  const Tree& tree = tree_of(algorithm);
  const DigestPlan plan = plan_digests(jobs, piece_chunks, tree.fan_in);
  settled(stream, [&] {
    for (const Grid& grid : plan.grids) {
      const bool wanted = std::any_of(jobs.begin(), jobs.end(), [](const DigestJob& job) {
        return __atomic_load_n(job.cancelled, __ATOMIC_RELAXED) == 0;
      });
      if (!wanted) throw Failure(VRAM_CANCELLED);
      run_grid(tree, grid, stream);
    }
    run_roots(tree, plan, jobs, stream);
  });
}

void Digester::run_grid(const Tree& tree, const Grid& grid, CUstream stream) {
  Staging& staging = next_staging();
  std::size_t used = 0;
  const CUdeviceptr chunk_table = append(staging, used, grid.chunks);
  std::vector<CUdeviceptr> merge_tables;
  for (const MergeLevel& level : grid.merges) merge_tables.push_back(append(staging, used, level.segments));
  upload(staging, used, stream);
  launch_chunks(tree, grid, chunk_table, stream);
  for (std::size_t i = 0; i < grid.merges.size(); i++)
    launch_merge(tree, grid.merges[i], merge_tables[i], stream);
  release_after(staging, stream);
}

void Digester::run_roots(const Tree& tree, const DigestPlan& plan, std::span<const DigestJob> jobs,
                         CUstream stream) {
  Staging& staging = next_staging();
  std::size_t used = 0;
  std::vector<CUdeviceptr> merge_tables;
  for (const MergeLevel& level : plan.roots) merge_tables.push_back(append(staging, used, level.segments));
  std::vector<cuda_kernels::FinishSegment> messages;
  for (std::uint32_t i = 0; i < jobs.size(); i++) {
    messages.push_back({.message_bytes = jobs[i].bytes,
                        .input = NodeRegions::ROOTS + i,
                        .output = NodeRegions::DIGESTS + i});
  }
  const CUdeviceptr finish_table = append(staging, used, messages);
  upload(staging, used, stream);
  for (std::size_t i = 0; i < plan.roots.size(); i++)
    launch_merge(tree, plan.roots[i], merge_tables[i], stream);
  if (tree.finish.function != nullptr) launch_finish(tree, messages, finish_table, stream);
  release_after(staging, stream);
  read_nodes(tree.finish.function == nullptr ? NodeRegions::ROOTS : NodeRegions::DIGESTS, jobs.size(),
             stream);
  for (std::size_t i = 0; i < jobs.size(); i++)
    std::memcpy(jobs[i].target, arrived_ + i * NODE_BYTES, NODE_BYTES);
}

void Digester::chunk_nodes(vram_digest_algorithm algorithm, const DigestJob& job, std::uint64_t first_chunk,
                           CUstream stream, bool background) {
  if (module_ == nullptr) throw Failure(VRAM_UNSUPPORTED, "The device has a compute capability below 7.5");
  const std::uint64_t grid_bytes =
      (background ? BACKGROUND_PIECE_CHUNKS : FOREGROUND_PIECE_CHUNKS) * VRAM_CHUNK_BYTES;
  std::uint8_t* target = job.target;
  for (std::uint64_t offset = 0; offset < job.bytes; offset += grid_bytes) {
    throw_if_cancelled(*job.cancelled);
    const std::uint64_t bytes = std::min(grid_bytes, job.bytes - offset);
    Grid grid;
    grid.items = static_cast<std::uint32_t>(chunk_count(bytes));
    grid.chunks.push_back({.address = job.address + offset,
                           .bytes = bytes,
                           .first_chunk = first_chunk + offset / VRAM_CHUNK_BYTES,
                           .first_item = 0,
                           .is_root = 0});
    settled(stream, [&] {
      run_grid(tree_of(algorithm), grid, stream);
      read_nodes(NodeRegions::CHUNKS, grid.items, stream);
    });
    std::memcpy(target, arrived_, grid.items * NODE_BYTES);
    target += grid.items * NODE_BYTES;
  }
}

Digester::Staging& Digester::next_staging() {
  Staging& staging = staging_[turn_];
  if (staging.in_flight) driver_.cuEventSynchronize(staging.used);
  staging.in_flight = false;
  turn_ = (turn_ + 1) % staging_.size();
  return staging;
}

void Digester::release_after(Staging& staging, CUstream stream) {
  driver_.cuEventRecord(staging.used, stream);
  staging.in_flight = true;
}

template <class Segment>
CUdeviceptr Digester::append(Staging& staging, std::size_t& used,
                             const std::vector<Segment>& segments) const {
  const std::size_t bytes = segments.size() * sizeof(Segment);
  static_assert(sizeof(Segment) % 8 == 0, "tables follow one another without gaps");
  if (bytes > TABLE_BYTES - used)
    throw Failure(VRAM_DEVICE_ERROR, "The tables of a grid are larger than planned");
  std::memcpy(staging.bytes + used, segments.data(), bytes);
  const CUdeviceptr table = scratch_ + used;
  used += bytes;
  return table;
}

void Digester::upload(const Staging& staging, std::size_t used, CUstream stream) const {
  driver_.cuMemcpyHtoDAsync(scratch_, staging.bytes, used, stream);
}

void Digester::launch(const Kernel& kernel, unsigned blocks, void* arguments, CUstream stream) const {
  void* parameters[] = {arguments};
  driver_.cuLaunchKernel(kernel.function, blocks, 1, 1, kernel.threads, 1, 1, 0, stream, parameters, nullptr);
}

void Digester::launch_chunks(const Tree& tree, const Grid& grid, CUdeviceptr table, CUstream stream) const {
  cuda_kernels::ChunkArguments arguments{reinterpret_cast<const cuda_kernels::ChunkSegment*>(table), nodes(),
                                         static_cast<std::uint32_t>(grid.chunks.size())};
  launch(tree.chunks, grid.items, &arguments, stream);
}

void Digester::launch_merge(const Tree& tree, const MergeLevel& level, CUdeviceptr table,
                            CUstream stream) const {
  cuda_kernels::MergeArguments arguments{reinterpret_cast<const cuda_kernels::MergeSegment*>(table), nodes(),
                                         static_cast<std::uint32_t>(level.segments.size())};
  launch(tree.merge, level.items, &arguments, stream);
}

void Digester::launch_finish(const Tree& tree, const std::vector<cuda_kernels::FinishSegment>& messages,
                             CUdeviceptr table, CUstream stream) const {
  cuda_kernels::FinishArguments arguments{reinterpret_cast<const cuda_kernels::FinishSegment*>(table),
                                          nodes()};
  launch(tree.finish, static_cast<unsigned>(messages.size()), &arguments, stream);
}

void Digester::read_nodes(std::uint32_t first, std::size_t count, CUstream stream) const {
  driver_.cuMemcpyDtoHAsync(arrived_, scratch_ + TABLE_BYTES + first * NODE_BYTES, count * NODE_BYTES,
                            stream);
  driver_.cuStreamSynchronize(stream);
}

}  // namespace vram::cuda
