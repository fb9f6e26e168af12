#pragma once

#include <memory>
#include <thread>

#include "request_queue.h"
#include "session.h"

namespace vram::cuda {

/// The thread of one open device. Requests are carried out one after another; digests that wait together are
/// computed together.
class DeviceThread {
 public:
  /// Opens the device on a thread of its own and waits for that.
  DeviceThread(const Driver& driver, std::uint32_t index, vram_device_facts& facts);
  ~DeviceThread();
  DeviceThread(const DeviceThread&) = delete;
  DeviceThread& operator=(const DeviceThread&) = delete;

  void submit(vram_request& request) { queue_.push(request); }

 private:
  void run();
  vram_request* next();
  /// Carries out what there is until the queue ends.
  void serve();
  /// Does work for a request, as far as the device is still there for it. Returns whether it succeeded.
  template <class Work>
  bool attempt_on_device(vram_request& request, Work work);
  void carry_out(vram_request& request);
  void load(vram_request& request);
  void digest_all(vram_request& first);
  void close();

  RequestQueue queue_;
  std::unique_ptr<Session> session_;
  /// Once a device is lost, everything but giving back is refused without asking it again.
  bool lost_ = false;
  std::thread thread_;
};

}  // namespace vram::cuda
