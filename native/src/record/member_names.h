// The names of an object's members, which must differ.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vram/records.h"

namespace vram {

struct Name {
  uint16_t offset;
  uint16_t size;
};

/// The names of all objects that are open, inner ones above outer ones. The longest line has room for so many
/// members as this holds.
class MemberNames {
 public:
  explicit MemberNames(const uint8_t* line) : line_(line) {}

  size_t count() const { return count_; }

  /// Adds a name to the object whose names begin at `first`. False if it is there already, as far as that is
  /// cheap to say; `all_differ` says the rest.
  bool add(size_t first, Name name);

  /// At the object's end: whether its names differ. Forgets them.
  bool all_differ(size_t first);

 private:
  /// `"a":1,` is the shortest member.
  static constexpr size_t MOST = VRAM_MAX_RECORD_BYTES / 6 + 1;
  /// Up to so many names are compared each with each, more are sorted: time stays bounded whatever the line
  /// holds.
  static constexpr size_t COMPARED = 32;

  int order(Name a, Name b) const;
  void sort(Name* names, size_t count) const;
  void sift_down(Name* names, size_t from, size_t count) const;

  const uint8_t* line_;
  size_t count_ = 0;
  Name names_[MOST];
};

}  // namespace vram
