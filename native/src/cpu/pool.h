// A fixed number of threads that help whoever calls.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>

#include "hash/executor.h"
#include "vram/digest.h"

struct vram_pool {
 public:
  vram_status start(size_t threads);
  void stop();
  /// Runs tasks on the calling thread and on those that are free. Several threads may call at the same time.
  void run(size_t count, void (*task)(void*, size_t), void* context);
  vram::Executor executor();

 private:
  /// A call of `run`, on the stack of its caller.
  struct Job {
    void (*task)(void*, size_t);
    void* context;
    size_t count;
    std::atomic<size_t> next;
    /// Threads of the pool that work on it; guarded by the lock.
    size_t helpers;
    Job* following;

    void work();
  };

  void help();
  void remove(Job* job);

  pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;
  /// Signalled when there is a job, or the end.
  pthread_cond_t wanted_ = PTHREAD_COND_INITIALIZER;
  /// Signalled when a helper leaves a job.
  pthread_cond_t left_ = PTHREAD_COND_INITIALIZER;
  Job* first_ = nullptr;
  bool stopping_ = false;
  size_t started_ = 0;
  pthread_t threads_[VRAM_MAX_THREADS];
};
