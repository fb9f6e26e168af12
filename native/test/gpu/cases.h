// The cases of gpu_test. Each runs in a process of its own.
#pragma once

#include "../cuda/device_client.h"

namespace vram_test {

/// What a case gives where the device, or its driver, lacks what it needs (SKIP_RETURN_CODE of ctest).
constexpr int NOT_RUN = 77;

struct Subject {
  vram_driver* driver;
  /// Path of a stand-in driver: a rehearsal. Null on a GPU.
  const char* stand_in;
  /// Bytes of the largest shard.
  std::uint64_t shard_bytes;
  /// A socket to the process that runs the other half of the case; -1 where the case has one half.
  int partner = -1;
};

/// Each gives 0, or NOT_RUN after it said why; what failed is counted by CHECK.
int random_lengths(const Subject& subject);
int many_shards(const Subject& subject);
int background_slices(const Subject& subject);
int memory_returns(const Subject& subject);
int corruption(const Subject& subject);
/// In a process of its own, for the refused store loses the context: its parent has not opened the driver.
int refused_store(const Subject& subject);
/// The halves of one case, in two processes that have not opened the driver before.
int export_shard(const Subject& subject);
int import_shard(const Subject& subject);

}  // namespace vram_test
