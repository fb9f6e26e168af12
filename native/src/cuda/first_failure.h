#pragma once

#include <optional>

#include "failure.h"

namespace vram::cuda {

/// Does several things of which one that fails must not keep the others, and tells of the first that failed.
class FirstFailure {
 public:
  /// Returns whether it succeeded.
  template <class Work>
  bool attempt(Work work) {
    try {
      work();
      return true;
    } catch (const Failure& failure) {
      if (!first_) first_ = failure;
      return false;
    }
  }

  void rethrow() const {
    if (first_) throw *first_;
  }

 private:
  std::optional<Failure> first_;
};

}  // namespace vram::cuda
