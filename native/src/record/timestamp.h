// Times of the log.
#pragma once

#include <cstdint>

namespace vram {

/// Whether 27 bytes are a real UTC time in the form `2026-01-02T03:04:05.000006Z` (RFC 3339; no leap
/// seconds).
bool is_timestamp(const uint8_t* text);

}  // namespace vram
