#pragma once

#include <memory>
#include <vector>

#include "file_load.h"

namespace vram::cuda {

/// The loads of a device: the ring is lent to one at a time, the others wait for their turn. A request is in
/// the queue, with the load that is under way, or among those that wait.
class Loads {
 public:
  Loads(PinnedRing& ring, RequestQueue& queue) : ring_(ring), queue_(queue) {}
  ~Loads() { stop(); }
  Loads(const Loads&) = delete;
  Loads& operator=(const Loads&) = delete;

  /**
   * Begins a load that came out of the queue, or goes on with it.
   *
   * @param target where the first byte of the file goes
   * @return whether it is done
   * @throws Failure
   */
  bool carry_on(vram_request& request, CUdeviceptr target);

  /// Forgets a load that is done or has failed; the others have their turn.
  void end(const vram_request& request);

  /// Puts every load back into the queue, to be begun anew.
  void stop();

 private:
  /// Puts those that wait back into the queue.
  template <class Condition>
  void put_back_if(Condition condition);

  PinnedRing& ring_;
  RequestQueue& queue_;
  std::unique_ptr<FileLoad> active_;
  std::vector<vram_request*> waiting_;
};

}  // namespace vram::cuda
