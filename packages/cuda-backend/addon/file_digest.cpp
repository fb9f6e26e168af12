#include "file_digest.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <vector>

#include "environment.h"
#include "promise_worker.h"

namespace vram_addon {

namespace {

enum Control { CHUNKS_DONE, CANCELLED, CONTROLS };

class FileDigest final : public PromiseWorker {
 public:
  FileDigest(Napi::Env env, vram_digest_algorithm algorithm, int descriptor, uint64_t size,
             Napi::Int32Array control)
      : PromiseWorker(env),
        algorithm_(algorithm),
        descriptor_(descriptor),
        size_(size),
        control_(control.Data()),
        holder_(Napi::Persistent(control)),
        pool_(pool_of(env)),
        threads_(pool_ == nullptr ? 1 : pool_threads()),
        buffers_(static_cast<size_t>(std::min<uint64_t>(threads_, chunk_count())) * VRAM_CHUNK_BYTES) {}

  ~FileDigest() override { explicit_bzero(buffers_.data(), buffers_.size()); }

 protected:
  vram_status work(vram_cause&) override {
    const vram_status status = algorithm_ == VRAM_SHA256 ? sequentially() : in_chunks();
    // What could not be read is the result.
    return failed_ ? VRAM_OK : status;
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    if (failed_) {
      object.Set("errno", Napi::Number::New(env, errno_));
    } else {
      Napi::ArrayBuffer digest = Napi::ArrayBuffer::New(env, sizeof digest_);
      memcpy(digest.Data(), digest_, sizeof digest_);
      object.Set("digest", digest);
    }
    return object;
  }

 private:
  uint64_t chunk_count() const {
    return std::max<uint64_t>(1, (size_ + VRAM_CHUNK_BYTES - 1) / VRAM_CHUNK_BYTES);
  }
  bool is_over() const { return failed_ || __atomic_load_n(control_ + CANCELLED, __ATOMIC_RELAXED) != 0; }
  void tell_chunk() { __atomic_fetch_add(control_ + CHUNKS_DONE, 1, __ATOMIC_RELAXED); }
  size_t bytes_of(uint64_t chunk) const {
    return static_cast<size_t>(std::min<uint64_t>(VRAM_CHUNK_BYTES, size_ - chunk * VRAM_CHUNK_BYTES));
  }

  bool read(uint64_t chunk, uint8_t* buffer) {
    const size_t size = bytes_of(chunk);
    for (size_t done = 0; done < size;) {
      const auto offset = static_cast<off_t>(chunk * VRAM_CHUNK_BYTES + done);
      const ssize_t count = pread(descriptor_, buffer + done, size - done, offset);
      if (count > 0) {
        done += static_cast<size_t>(count);
      } else if (count == 0 || errno != EINTR) {
        errno_ = count == 0 ? 0 : errno;
        failed_ = true;
        return false;
      }
    }
    return true;
  }

  vram_status in_chunks() {
    nodes_.resize(static_cast<size_t>(chunk_count()) * VRAM_DIGEST_BYTES);
    const auto task = [](void* self, size_t thread) { static_cast<FileDigest*>(self)->take_chunks(thread); };
    const size_t tasks = buffers_.size() / VRAM_CHUNK_BYTES;
    if (tasks == 1) {
      take_chunks(0);
    } else {
      vram_pool_run(pool_.get(), tasks, task, this);
    }
    if (is_over()) return VRAM_CANCELLED;
    return vram_digest_from_chunks(algorithm_, VRAM_BEST, nodes_.data(), chunk_count(), size_, digest_);
  }

  /// One of the threads: chunks as they come, read and digested in a buffer of its own.
  void take_chunks(size_t thread) {
    uint8_t* buffer = buffers_.data() + thread * VRAM_CHUNK_BYTES;
    for (uint64_t chunk;
         !is_over() && (chunk = next_.fetch_add(1, std::memory_order_relaxed)) < chunk_count();) {
      if (!read(chunk, buffer)) return;
      vram_chunk_digests(algorithm_, VRAM_BEST, buffer, bytes_of(chunk), chunk, size_, nullptr,
                         nodes_.data() + chunk * VRAM_DIGEST_BYTES);
      tell_chunk();
    }
  }

  vram_status sequentially() {
    vram_hasher hasher;
    vram_status status = vram_hasher_init(&hasher, algorithm_, VRAM_BEST);
    for (uint64_t chunk = 0; status == VRAM_OK && chunk < chunk_count(); chunk++) {
      if (is_over() || !read(chunk, buffers_.data())) {
        vram_hasher_wipe(&hasher);
        return VRAM_CANCELLED;
      }
      status = vram_hasher_update(&hasher, buffers_.data(), bytes_of(chunk), nullptr);
      tell_chunk();
    }
    return status == VRAM_OK ? vram_hasher_finish(&hasher, digest_) : status;
  }

  const vram_digest_algorithm algorithm_;
  const int descriptor_;
  const uint64_t size_;
  int32_t* const control_;
  const Napi::Reference<Napi::Int32Array> holder_;
  const SharedPool pool_;
  const size_t threads_;
  std::vector<uint8_t> buffers_;
  std::vector<uint8_t> nodes_;
  std::atomic<uint64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::atomic<int> errno_ = 0;
  uint8_t digest_[VRAM_DIGEST_BYTES] = {};
};

}  // namespace

Napi::Value digest_file(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto algorithm = static_cast<vram_digest_algorithm>(info[0].As<Napi::Number>().Uint32Value());
  const int descriptor = info[1].As<Napi::Number>().Int32Value();
  const int64_t size = info[2].As<Napi::Number>().Int64Value();
  if (algorithm > VRAM_SHA256 || size < 0 || !info[3].IsTypedArray() ||
      info[3].As<Napi::TypedArray>().TypedArrayType() != napi_int32_array ||
      info[3].As<Napi::TypedArray>().ElementLength() != CONTROLS) {
    throw Napi::RangeError::New(env, "Expected an algorithm, a descriptor, a size and two numbers");
  }
  return PromiseWorker::start<FileDigest>(env, algorithm, descriptor, static_cast<uint64_t>(size),
                                          info[3].As<Napi::Int32Array>());
}

}  // namespace vram_addon
