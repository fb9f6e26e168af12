#include "pool.h"

#include <new>

vram_status vram_pool::start(size_t threads) {
  const auto main = [](void* pool) -> void* {
    static_cast<vram_pool*>(pool)->help();
    return nullptr;
  };
  while (started_ + 1 < threads) {
    if (pthread_create(&threads_[started_], nullptr, main, this) != 0) {
      stop();
      return VRAM_THREADS_UNAVAILABLE;
    }
    started_++;
  }
  return VRAM_OK;
}

void vram_pool::stop() {
  pthread_mutex_lock(&lock_);
  stopping_ = true;
  pthread_cond_broadcast(&wanted_);
  pthread_mutex_unlock(&lock_);
  for (size_t i = 0; i < started_; i++) pthread_join(threads_[i], nullptr);
}

void vram_pool::Job::work() {
  for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) task(context, i);
}

void vram_pool::run(size_t count, void (*task)(void*, size_t), void* context) {
  Job job = {task, context, count, 0, 0, nullptr};
  pthread_mutex_lock(&lock_);
  job.following = first_;
  first_ = &job;
  pthread_cond_broadcast(&wanted_);
  pthread_mutex_unlock(&lock_);
  job.work();
  // Every task is taken up by now: no helper shall join, and those that did must leave before the job goes.
  pthread_mutex_lock(&lock_);
  remove(&job);
  while (job.helpers > 0) pthread_cond_wait(&left_, &lock_);
  pthread_mutex_unlock(&lock_);
}

void vram_pool::help() {
  pthread_mutex_lock(&lock_);
  for (;;) {
    while (first_ == nullptr && !stopping_) pthread_cond_wait(&wanted_, &lock_);
    if (stopping_) break;
    Job* job = first_;
    job->helpers++;
    pthread_mutex_unlock(&lock_);
    job->work();
    pthread_mutex_lock(&lock_);
    remove(job);
    job->helpers--;
    pthread_cond_broadcast(&left_);
  }
  pthread_mutex_unlock(&lock_);
}

/// Takes a job whose tasks are all taken up off the list, if it is still there.
void vram_pool::remove(Job* job) {
  for (Job** at = &first_; *at != nullptr; at = &(*at)->following) {
    if (*at == job) {
      *at = job->following;
      return;
    }
  }
}

vram::Executor vram_pool::executor() {
  const auto run = [](void* self, size_t count, void (*task)(void*, size_t), void* context) {
    static_cast<vram_pool*>(self)->run(count, task, context);
  };
  return {this, run};
}

vram_status vram_pool_create(size_t threads, vram_pool** pool) {
  if (pool == nullptr || threads == 0 || threads > VRAM_MAX_THREADS) return VRAM_INVALID_ARGUMENT;
  vram_pool* created = new (std::nothrow) vram_pool;
  if (created == nullptr) return VRAM_OUT_OF_MEMORY;
  const vram_status status = created->start(threads);
  if (status != VRAM_OK) {
    delete created;
    return status;
  }
  *pool = created;
  return VRAM_OK;
}

vram_status vram_pool_run(vram_pool* pool, size_t count, void (*task)(void*, size_t), void* context) {
  if (pool == nullptr || task == nullptr) return VRAM_INVALID_ARGUMENT;
  pool->run(count, task, context);
  return VRAM_OK;
}

void vram_pool_destroy(vram_pool* pool) {
  if (pool == nullptr) return;
  pool->stop();
  delete pool;
}
