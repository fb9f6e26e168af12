// The C functions of vram/digest.h over the trees.
#include "vram/digest.h"

#include <type_traits>

#include "cpu/select.h"
#include "hash/blake3_tree.h"
#include "hash/bytes.h"
#include "hash/chunks.h"
#include "hash/fsverity_tree.h"
#include "hash/sha256_stream.h"
#include "pool_executor.h"

namespace vram {

static_assert(CHUNK_BYTES == VRAM_CHUNK_BYTES && HASH_BYTES == VRAM_DIGEST_BYTES);

namespace {

/// Marks a hasher that was initialised and has not ended.
constexpr uint64_t LIVE = 0x766d6861736865;
constexpr uint64_t ENDED = 0x766d65656e6465;

/// What lies in a vram_hasher.
struct Hasher {
  uint64_t mark;
  vram_digest_algorithm algorithm;
  const Blake3Kernel* blake3;
  const Sha256Kernel* sha256;
  union {
    Blake3Tree blake3_tree;
    FsVerityTree fsverity_tree;
    Sha256Stream sha256_stream;
  };

  void begin() {
    mark = LIVE;
    switch (algorithm) {
      case VRAM_BLAKE3:
        return blake3_tree.begin(*blake3, 0);
      case VRAM_SHA256_FSVERITY:
        return fsverity_tree.begin(*sha256);
      case VRAM_SHA256:
        return sha256_stream.begin(*sha256);
    }
  }

  void update(const uint8_t* bytes, size_t size, const Executor* executor) {
    switch (algorithm) {
      case VRAM_BLAKE3:
        return blake3_tree.update(bytes, size, executor);
      case VRAM_SHA256_FSVERITY:
        return fsverity_tree.update(bytes, size, executor);
      case VRAM_SHA256:
        return sha256_stream.update(bytes, size);
    }
  }

  void finish(uint8_t* digest) {
    switch (algorithm) {
      case VRAM_BLAKE3:
        return blake3_tree.finish(digest, true);
      case VRAM_SHA256_FSVERITY:
        return fsverity_tree.finish(digest);
      case VRAM_SHA256:
        return sha256_stream.finish(digest);
    }
  }

  /// Overwrites everything that came from the input.
  void end() {
    mark = ENDED;
    switch (algorithm) {
      case VRAM_BLAKE3:
        return wipe(&blake3_tree, sizeof blake3_tree);
      case VRAM_SHA256_FSVERITY:
        return wipe(&fsverity_tree, sizeof fsverity_tree);
      case VRAM_SHA256:
        return wipe(&sha256_stream, sizeof sha256_stream);
    }
  }
};

static_assert(sizeof(Hasher) <= sizeof(vram_hasher) && alignof(Hasher) <= alignof(vram_hasher));
static_assert(std::is_trivially_copyable_v<Hasher>);

/// A hasher that was initialised, or null.
Hasher* initialised(vram_hasher* hasher) {
  if (hasher == nullptr) return nullptr;
  Hasher* found = reinterpret_cast<Hasher*>(hasher);
  return found->mark == LIVE || found->mark == ENDED ? found : nullptr;
}

bool is_algorithm(vram_digest_algorithm algorithm) {
  return algorithm >= VRAM_BLAKE3 && algorithm <= VRAM_SHA256;
}

bool is_instruction_set(vram_instruction_set set) {
  return set >= VRAM_BEST && set <= VRAM_SHA_NI;
}

vram_status init(Hasher& hasher, vram_digest_algorithm algorithm, vram_instruction_set set) {
  if (!is_algorithm(algorithm) || !is_instruction_set(set)) return VRAM_INVALID_ARGUMENT;
  hasher.algorithm = algorithm;
  hasher.blake3 = nullptr;
  hasher.sha256 = nullptr;
  if (algorithm == VRAM_BLAKE3) {
    hasher.blake3 = select_blake3(set).kernel;
  } else {
    hasher.sha256 = select_sha256(set).kernel;
  }
  if (hasher.blake3 == nullptr && hasher.sha256 == nullptr) return VRAM_UNSUPPORTED;
  hasher.begin();
  return VRAM_OK;
}

uint64_t chunk_count(uint64_t input_bytes) {
  return input_bytes == 0 ? 1 : chunks_of(input_bytes);
}

/// Whether bytes are whole chunks of their input, at a place inside it.
bool is_chunk_range(size_t size, uint64_t first_chunk, uint64_t input_bytes) {
  if (first_chunk >= chunk_count(input_bytes)) return false;
  const uint64_t rest = input_bytes - first_chunk * CHUNK_BYTES;
  return size == rest || (size < rest && size > 0 && size % CHUNK_BYTES == 0);
}

}  // namespace

}  // namespace vram

using namespace vram;

vram_status vram_instruction_set_for(vram_digest_algorithm algorithm, vram_instruction_set asked,
                                     vram_instruction_set* chosen) {
  if (!is_algorithm(algorithm) || !is_instruction_set(asked) || chosen == nullptr)
    return VRAM_INVALID_ARGUMENT;
  if (algorithm == VRAM_BLAKE3) {
    const Selected<Blake3Kernel> selected = select_blake3(asked);
    if (selected.kernel == nullptr) return VRAM_UNSUPPORTED;
    *chosen = selected.set;
  } else {
    const Selected<Sha256Kernel> selected = select_sha256(asked);
    if (selected.kernel == nullptr) return VRAM_UNSUPPORTED;
    *chosen = selected.set;
  }
  return VRAM_OK;
}

vram_status vram_hasher_init(vram_hasher* hasher, vram_digest_algorithm algorithm,
                             vram_instruction_set instruction_set) {
  if (hasher == nullptr) return VRAM_INVALID_ARGUMENT;
  return init(*reinterpret_cast<Hasher*>(hasher), algorithm, instruction_set);
}

vram_status vram_hasher_update(vram_hasher* hasher, const void* bytes, size_t size, vram_pool* pool) {
  Hasher* found = initialised(hasher);
  if (found == nullptr || (bytes == nullptr && size > 0)) return VRAM_INVALID_ARGUMENT;
  if (found->mark == ENDED) return VRAM_HASHER_FINISHED;
  const PoolExecutor executor(pool);
  found->update(static_cast<const uint8_t*>(bytes), size, executor.get());
  return VRAM_OK;
}

vram_status vram_hasher_finish(vram_hasher* hasher, uint8_t digest[VRAM_DIGEST_BYTES]) {
  Hasher* found = initialised(hasher);
  if (found == nullptr || digest == nullptr) return VRAM_INVALID_ARGUMENT;
  if (found->mark == ENDED) return VRAM_HASHER_FINISHED;
  found->finish(digest);
  found->end();
  return VRAM_OK;
}

vram_status vram_hasher_reset(vram_hasher* hasher) {
  Hasher* found = initialised(hasher);
  if (found == nullptr) return VRAM_INVALID_ARGUMENT;
  found->end();
  found->begin();
  return VRAM_OK;
}

vram_status vram_hasher_wipe(vram_hasher* hasher) {
  Hasher* found = initialised(hasher);
  if (found == nullptr) return VRAM_INVALID_ARGUMENT;
  found->end();
  return VRAM_OK;
}

vram_status vram_digest(vram_digest_algorithm algorithm, vram_instruction_set instruction_set,
                        const void* bytes, size_t size, vram_pool* pool, uint8_t digest[VRAM_DIGEST_BYTES]) {
  if ((bytes == nullptr && size > 0) || digest == nullptr) return VRAM_INVALID_ARGUMENT;
  Hasher hasher;
  const vram_status status = init(hasher, algorithm, instruction_set);
  if (status != VRAM_OK) return status;
  const PoolExecutor executor(pool);
  hasher.update(static_cast<const uint8_t*>(bytes), size, executor.get());
  hasher.finish(digest);
  hasher.end();
  return VRAM_OK;
}

vram_status vram_chunk_digests(vram_digest_algorithm algorithm, vram_instruction_set instruction_set,
                               const void* bytes, size_t size, uint64_t first_chunk, uint64_t input_bytes,
                               vram_pool* pool, uint8_t* digests) {
  if (!is_algorithm(algorithm) || !is_instruction_set(instruction_set) || (bytes == nullptr && size > 0) ||
      digests == nullptr || !is_chunk_range(size, first_chunk, input_bytes)) {
    return VRAM_INVALID_ARGUMENT;
  }
  if (algorithm == VRAM_SHA256) return VRAM_UNSUPPORTED;
  if (chunk_count(input_bytes) == 1)
    return vram_digest(algorithm, instruction_set, bytes, size, pool, digests);
  const PoolExecutor executor(pool);
  const uint8_t* input = static_cast<const uint8_t*>(bytes);
  if (algorithm == VRAM_BLAKE3) {
    const Blake3Kernel* kernel = select_blake3(instruction_set).kernel;
    if (kernel == nullptr) return VRAM_UNSUPPORTED;
    blake3_chunk_nodes(*kernel, executor.get(), input, size, first_chunk, digests);
  } else {
    const Sha256Kernel* kernel = select_sha256(instruction_set).kernel;
    if (kernel == nullptr) return VRAM_UNSUPPORTED;
    fsverity_chunk_nodes(*kernel, executor.get(), input, size, digests);
  }
  return VRAM_OK;
}

vram_status vram_digest_from_chunks(vram_digest_algorithm algorithm, vram_instruction_set instruction_set,
                                    const uint8_t* chunk_digests, uint64_t count, uint64_t input_bytes,
                                    uint8_t digest[VRAM_DIGEST_BYTES]) {
  if (!is_algorithm(algorithm) || !is_instruction_set(instruction_set) || chunk_digests == nullptr ||
      digest == nullptr || count != chunk_count(input_bytes)) {
    return VRAM_INVALID_ARGUMENT;
  }
  if (algorithm == VRAM_SHA256) return VRAM_UNSUPPORTED;
  const Sha256Kernel* sha256 = select_sha256(instruction_set).kernel;
  if (algorithm == VRAM_SHA256_FSVERITY && sha256 == nullptr) return VRAM_UNSUPPORTED;
  if (count == 1) {
    memcpy(digest, chunk_digests, VRAM_DIGEST_BYTES);
  } else if (algorithm == VRAM_BLAKE3) {
    blake3_root_from_nodes(chunk_digests, count, digest);
  } else {
    fsverity_digest_from_nodes(*sha256, chunk_digests, count, input_bytes, digest);
  }
  return VRAM_OK;
}
