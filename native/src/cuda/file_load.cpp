#include "file_load.h"

#include <algorithm>

#include "attempt.h"
#include "cancellation.h"
#include "read_file.h"

namespace vram::cuda {

namespace {

/// What memory, disks and hashes of one machine can keep busy.
constexpr std::uint64_t MAX_THREADS = 16;

vram_pool* create_pool(std::uint64_t bytes) {
  const std::uint64_t parts = (bytes - 1) / READ_PART_BYTES + 1;
  const std::uint64_t processors = std::max(1u, std::thread::hardware_concurrency());
  vram_pool* pool = nullptr;
  const vram_status status = vram_pool_create(std::min({parts, processors, MAX_THREADS}), &pool);
  if (status != VRAM_OK) throw Failure(status);
  return pool;
}

}  // namespace

FileLoad::FileLoad(vram_request& request, PinnedRing& ring, RequestQueue& queue)
    : request_(request),
      queue_(queue),
      buffers_(ring),
      pool_(create_pool(request.length)),
      digests_(request.digests, pool_.get()),
      reader_([this] { run(); }) {
  try {
    read_next();
  } catch (...) {
    end();
    throw;
  }
}

FileLoad::~FileLoad() {
  end();
}

void FileLoad::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  reader_.join();
}

bool FileLoad::carry_on(CUdeviceptr target) {
  throw_if_cancelled(request_.cancelled);
  if (failure_) throw *failure_;
  if (finished_) return true;
  if (read_bytes_ > 0) buffers_.copy(target + loaded_bytes_, buffer_, read_bytes_);
  loaded_bytes_ += read_bytes_;
  __atomic_store_n(&request_.loaded_bytes, loaded_bytes_, __ATOMIC_RELAXED);
  if (request_.progress != nullptr) request_.progress(&request_);
  if (read_bytes_ < room_.size() || loaded_bytes_ == request_.length) {
    give(Turn::FINISH);
  } else {
    buffer_ = (buffer_ + 1) % PinnedRing::Loan::BUFFERS;
    read_next();
  }
  return false;
}

void FileLoad::read_next() {
  room_ = buffers_.room(buffer_, std::min(PinnedRing::SLOT_BYTES, request_.length - loaded_bytes_));
  give(Turn::READ);
}

void FileLoad::give(Turn turn) {
  {
    const std::lock_guard lock(mutex_);
    turn_ = turn;
  }
  changed_.notify_one();
}

void FileLoad::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return turn_ != Turn::DEVICE || ending_; });
    const Turn turn = turn_;
    if (turn == Turn::DEVICE) return;
    lock.unlock();
    Failure outcome(VRAM_OK);
    if (!attempt(outcome.status, outcome.cause, [&] { work(turn); })) failure_ = outcome;
    lock.lock();
    turn_ = Turn::DEVICE;
    queue_.push(request_);
  }
}

void FileLoad::work(Turn turn) {
  if (turn == Turn::FINISH) {
    digests_.finish(request_.target);
    finished_ = true;
    return;
  }
  // Then this buffer's last bytes are hashed.
  digests_.wait_until_pending(PinnedRing::Loan::BUFFERS - 1);
  const auto wanted = [this] {
    return !ending_ && __atomic_load_n(&request_.cancelled, __ATOMIC_RELAXED) == 0;
  };
  read_bytes_ = read_file(request_.descriptor, loaded_bytes_, room_, pool_.get(), wanted);
  digests_.add(room_.first(read_bytes_));
}

}  // namespace vram::cuda
