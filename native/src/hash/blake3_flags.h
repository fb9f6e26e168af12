// The domain flags of BLAKE3's compressions; they add up (paper, table 3).
#pragma once

#include <cstdint>

namespace vram {

constexpr uint32_t BLAKE3_LEAF_START = 1;
constexpr uint32_t BLAKE3_LEAF_END = 2;
constexpr uint32_t BLAKE3_PARENT = 4;
constexpr uint32_t BLAKE3_ROOT = 8;

}  // namespace vram
