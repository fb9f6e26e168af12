#include "device_thread.h"

#include <future>
#include <vector>

#include "attempt.h"

namespace vram::cuda {

namespace {

/// How long the ring may hold bytes of models with nothing to do.
constexpr std::chrono::milliseconds WIPE_AFTER{50};

bool gives_back(const vram_request& request) {
  return request.operation == VRAM_FREE || request.operation == VRAM_CLOSE;
}

}  // namespace

DeviceThread::DeviceThread(const Driver& driver, std::uint32_t index, vram_device_facts& facts) {
  std::promise<void> opened;
  std::future<void> outcome = opened.get_future();
  thread_ = std::thread([this, &driver, index, &facts, opened = std::move(opened)]() mutable {
    try {
      facts = observe_device(driver, index);
      session_ = std::make_unique<Session>(driver, index, queue_);
    } catch (...) {
      opened.set_exception(std::current_exception());
      return;
    }
    opened.set_value();
    run();
  });
  try {
    outcome.get();
  } catch (...) {
    thread_.join();
    throw;
  }
}

DeviceThread::~DeviceThread() {
  queue_.end();
  if (thread_.joinable()) thread_.join();
}

void DeviceThread::run() {
  serve();
  // What was not closed is given back as far as the driver lets it be.
  session_.reset();
  // Loads that were under way are in the queue again.
  serve();
}

void DeviceThread::serve() {
  while (vram_request* request = next()) {
    if (request->operation == VRAM_DIGEST && session_ != nullptr && !lost_) {
      digest_all(*request);
    } else if (request->operation == VRAM_LOAD) {
      load(*request);
    } else {
      carry_out(*request);
      request->done(request);
    }
  }
}

vram_request* DeviceThread::next() {
  if (session_ != nullptr && session_->ring_dirty()) {
    if (vram_request* request = queue_.pop(WIPE_AFTER)) return request;
    vram_request nobody{};
    attempt(nobody, [&] { session_->wipe_ring(); });
  }
  return queue_.pop();
}

template <class Work>
bool DeviceThread::attempt_on_device(vram_request& request, Work work) {
  const bool succeeded = attempt(request, [&] {
    if (request.operation == VRAM_CLOSE) return close();
    if (session_ == nullptr) throw Failure(VRAM_DEVICE_CLOSED);
    if (lost_ && !gives_back(request)) throw Failure(VRAM_DEVICE_LOST);
    work();
  });
  if (request.status == VRAM_DEVICE_LOST) lost_ = true;
  return succeeded;
}

void DeviceThread::carry_out(vram_request& request) {
  attempt_on_device(request, [&] { session_->carry_out(request); });
}

void DeviceThread::load(vram_request& request) {
  bool done = false;
  if (attempt_on_device(request, [&] { done = session_->load(request); }) && !done) return;
  if (session_ != nullptr) session_->end_load(request);
  request.done(&request);
}

void DeviceThread::digest_all(vram_request& first) {
  std::vector<vram_request*> requests{&first};
  const auto alike = [&](const vram_request& other) {
    return other.operation == VRAM_DIGEST && other.algorithm == first.algorithm && other.flags == first.flags;
  };
  while (requests.size() < MAX_JOBS) {
    vram_request* request = queue_.pop_if(alike);
    if (request == nullptr) break;
    requests.push_back(request);
  }
  session_->digest(requests);
  for (vram_request* request : requests) {
    if (request->status == VRAM_DEVICE_LOST) lost_ = true;
    request->done(request);
  }
}

void DeviceThread::close() {
  if (session_ == nullptr) return;
  session_->close();
  session_.reset();
}

}  // namespace vram::cuda
