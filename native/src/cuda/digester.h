// Digests of device memory, computed where it lies.
#pragma once

#include <array>
#include <span>

#include "digest_plan.h"
#include "driver.h"

namespace vram::cuda {

/// The kernels of one device, and the scratch memory that they share. One thread uses it, with the device's
/// context current.
class Digester {
 public:
  /// Loads the kernels that fit the device.
  Digester(const Driver& driver, CUdevice device);
  ~Digester();
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;

  /**
   * Digests messages on a stream and waits for them. Messages share grids.
   *
   * @throws Failure VRAM_CANCELLED if every job was cancelled
   */
  void digest(vram_digest_algorithm algorithm, std::span<const DigestJob> jobs, CUstream stream,
              bool background);

  /// The nodes of whole chunks of one message, 32 bytes each; `first_chunk` is the number of the first.
  void chunk_nodes(vram_digest_algorithm algorithm, const DigestJob& job, std::uint64_t first_chunk,
                   CUstream stream, bool background);

  /// Gives everything back. After a failure calling again goes on where it was.
  void close();

 private:
  struct Kernel {
    CUfunction function = nullptr;
    unsigned threads = 0;
  };
  struct Tree {
    Kernel chunks;
    Kernel merge;
    /// Null where the root is the digest.
    Kernel finish;
    std::uint32_t fan_in = 0;
  };
  /// Pinned memory for the tables of one grid, until the stream has passed `used`.
  struct Staging {
    std::uint8_t* bytes = nullptr;
    CUevent used = nullptr;
    bool in_flight = false;
  };

  static constexpr std::size_t TABLE_BYTES = 64 << 10;
  static constexpr std::size_t NODE_BYTES = 32;

  void load(CUdevice device);
  /// Gives back what can be given back, where nobody is left to be told of a failure.
  void abandon();
  Kernel kernel(const char* name, unsigned threads) const;
  const Tree& tree_of(vram_digest_algorithm algorithm) const {
    return algorithm == VRAM_BLAKE3 ? blake3_ : fsverity_;
  }

  /// Does work on a stream; if that fails half-way, waits for what was started.
  template <class Work>
  void settled(CUstream stream, Work work) const;

  void digest_group(vram_digest_algorithm algorithm, std::span<const DigestJob> jobs, CUstream stream,
                    std::uint64_t piece_chunks);
  void run_grid(const Tree& tree, const Grid& grid, CUstream stream);
  void run_roots(const Tree& tree, const DigestPlan& plan, std::span<const DigestJob> jobs, CUstream stream);

  /// The next staging memory, when the stream is through with it.
  Staging& next_staging();
  void release_after(Staging& staging, CUstream stream);
  void launch(const Kernel& kernel, unsigned blocks, void* arguments, CUstream stream) const;

  template <class Segment>
  CUdeviceptr append(Staging& staging, std::size_t& used, const std::vector<Segment>& segments) const;
  void upload(const Staging& staging, std::size_t used, CUstream stream) const;
  void launch_chunks(const Tree& tree, const Grid& grid, CUdeviceptr table, CUstream stream) const;
  void launch_merge(const Tree& tree, const MergeLevel& level, CUdeviceptr table, CUstream stream) const;
  void launch_finish(const Tree& tree, const std::vector<cuda_kernels::FinishSegment>& messages,
                     CUdeviceptr table, CUstream stream) const;
  void read_nodes(std::uint32_t first, std::size_t count, CUstream stream) const;

  std::uint32_t* nodes() const { return reinterpret_cast<std::uint32_t*>(scratch_ + TABLE_BYTES); }

  const Driver& driver_;
  CUmodule module_ = nullptr;
  Tree blake3_;
  Tree fsverity_;
  /// The tables of the grid that runs, then the nodes.
  CUdeviceptr scratch_ = 0;
  std::array<Staging, 2> staging_{};
  std::size_t turn_ = 0;
  /// Pinned memory where nodes arrive.
  std::uint8_t* arrived_ = nullptr;
};

}  // namespace vram::cuda
