#include "chunks.h"

#include "bytes.h"

namespace vram {

namespace {

struct Run {
  const ChunkTask& task;
  const uint8_t* bytes;
  size_t size;
  uint64_t first_chunk;
  uint8_t* out;
};

}  // namespace

void run_chunk_tasks(const ChunkTask& task, const Executor* executor, const uint8_t* bytes, size_t size,
                     uint64_t first_chunk, uint8_t* out) {
  Run run = {task, bytes, size, first_chunk, out};
  const auto one = [](void* context, size_t i) {
    const Run& r = *static_cast<const Run*>(context);
    const size_t start = i * CHUNK_BYTES;
    r.task.node(r.task.kernel, r.bytes + start, smaller(CHUNK_BYTES, r.size - start), r.first_chunk + i,
                r.out + i * HASH_BYTES);
  };
  run_tasks(executor, chunks_of(size), one, &run);
}

}  // namespace vram
