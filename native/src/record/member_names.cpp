#include "member_names.h"

#include <cstring>

namespace vram {

bool MemberNames::add(size_t first, Name name) {
  const size_t in_object = count_ - first;
  if (in_object < COMPARED) {
    for (size_t i = first; i < count_; i++) {
      if (names_[i].size == name.size && order(names_[i], name) == 0) return false;
    }
  }
  names_[count_++] = name;
  return true;
}

bool MemberNames::all_differ(size_t first) {
  Name* names = names_ + first;
  const size_t count = count_ - first;
  count_ = first;
  if (count <= COMPARED) return true;
  sort(names, count);
  for (size_t i = 1; i < count; i++) {
    if (order(names[i - 1], names[i]) == 0) return false;
  }
  return true;
}

/// Any total order serves.
int MemberNames::order(Name a, Name b) const {
  if (a.size != b.size) return a.size < b.size ? -1 : 1;
  return memcmp(line_ + a.offset, line_ + b.offset, a.size);
}

/// Heapsort: in place, and no order of the names makes it slow.
void MemberNames::sort(Name* names, size_t count) const {
  for (size_t from = count / 2; from > 0; from--) sift_down(names, from - 1, count);
  for (size_t last = count - 1; last > 0; last--) {
    const Name largest = names[0];
    names[0] = names[last];
    names[last] = largest;
    sift_down(names, 0, last);
  }
}

void MemberNames::sift_down(Name* names, size_t from, size_t count) const {
  for (size_t parent = from;;) {
    size_t largest = parent;
    for (size_t child = 2 * parent + 1; child <= 2 * parent + 2 && child < count; child++) {
      if (order(names[child], names[largest]) > 0) largest = child;
    }
    if (largest == parent) return;
    const Name moved = names[parent];
    names[parent] = names[largest];
    names[largest] = moved;
    parent = largest;
  }
}

}  // namespace vram
