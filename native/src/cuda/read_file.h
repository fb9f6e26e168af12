#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "vram/digest.h"

namespace vram::cuda {

/**
 * Fills `target` with the file's bytes from `position`, in parts that the threads of a pool read at the same
 * time.
 *
 * @param wanted asked before each part, on any thread: whether it shall still be read
 * @return how many bytes were read: fewer than there is room for where the file ends, or nobody wants them
 * @throws Failure VRAM_FILE_UNREADABLE
 */
std::size_t read_file(int descriptor, std::uint64_t position, std::span<std::uint8_t> target, vram_pool* pool,
                      const std::function<bool()>& wanted);

constexpr std::size_t READ_PART_BYTES = 4 << 20;

}  // namespace vram::cuda
