#include <pthread.h>

#include "bytes.h"
#include "check.h"
#include "vram/digest.h"

using namespace vram_test;

namespace {

struct Caller {
  vram_pool* pool;
  const Bytes* input;
  Bytes found = Bytes(VRAM_DIGEST_BYTES);
};

void* call(void* argument) {
  Caller& caller = *static_cast<Caller*>(argument);
  vram_digest(VRAM_SHA256_FSVERITY, instruction_set, caller.input->data(), caller.input->size(), caller.pool,
              caller.found.data());
  return nullptr;
}

}  // namespace

TEST("a pool has 1 to VRAM_MAX_THREADS threads") {
  vram_pool* pool = nullptr;
  CHECK_EQUAL(vram_pool_create(0, &pool), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_pool_create(VRAM_MAX_THREADS + 1, &pool), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_pool_create(1, nullptr), VRAM_INVALID_ARGUMENT);
  CHECK(pool == nullptr);
  vram_pool_destroy(nullptr);
  for (int i = 0; i < 20; i++) {
    CHECK_EQUAL(vram_pool_create(4, &pool), VRAM_OK);
    vram_pool_destroy(pool);
  }
}

TEST("a pool runs each task once") {
  vram_pool* pool = nullptr;
  CHECK_EQUAL(vram_pool_create(3, &pool), VRAM_OK);
  Bytes runs(1000);
  const auto task = [](void* context, size_t index) { static_cast<Bytes*>(context)->at(index)++; };
  CHECK_EQUAL(vram_pool_run(pool, runs.size(), task, &runs), VRAM_OK);
  CHECK(runs == Bytes(runs.size(), 1));
  CHECK_EQUAL(vram_pool_run(nullptr, 1, task, &runs), VRAM_INVALID_ARGUMENT);
  CHECK_EQUAL(vram_pool_run(pool, 1, nullptr, &runs), VRAM_INVALID_ARGUMENT);
  vram_pool_destroy(pool);
}

TEST("several threads share a pool") {
  const Bytes input = pattern(5 * VRAM_CHUNK_BYTES + 9);
  vram_pool* pool = nullptr;
  CHECK_EQUAL(vram_pool_create(3, &pool), VRAM_OK);
  Bytes expected(VRAM_DIGEST_BYTES);
  CHECK_EQUAL(vram_digest(VRAM_SHA256_FSVERITY, instruction_set, input.data(), input.size(), nullptr,
                          expected.data()),
              VRAM_OK);
  constexpr size_t CALLERS = 4;
  for (int round = 0; round < 5; round++) {
    pthread_t threads[CALLERS];
    Caller callers[CALLERS];
    for (size_t i = 0; i < CALLERS; i++) {
      callers[i].pool = pool;
      callers[i].input = &input;
      CHECK(pthread_create(&threads[i], nullptr, call, &callers[i]) == 0);
    }
    for (size_t i = 0; i < CALLERS; i++) {
      pthread_join(threads[i], nullptr);
      CHECK_EQUAL(callers[i].found, expected);
    }
  }
  vram_pool_destroy(pool);
}
