// The kernel by which tests write device memory behind the backend's back (store.ptx), and what it is given.
#pragma once

#include <cstdint>

namespace vram_test {

constexpr const char* STORE_KERNEL = "vram_test_store";

/// One parameter of 16 bytes.
struct StoreArguments {
  std::uint64_t address;
  /// Its lowest byte is stored.
  std::uint32_t value;
};

}  // namespace vram_test
