// Many messages for SHA-256 in one call.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vram {

/// Where one message lies.
struct Slice {
  uint32_t offset;
  uint32_t size;
};

/// How many messages are hashed, and into what.
struct Sha256Batch {
  const uint8_t* bytes;
  /// One for each message, relative to `bytes`; null if they lie one after another and have `each_bytes`
  /// each.
  const Slice* slices;
  size_t each_bytes;
  size_t count;
  /// Bytes before each message: none, or `prefix` once.
  bool has_prefix;
  uint8_t prefix;
  /// The hash that each message starts from, and how many bytes it has taken: the initial hash and none, or
  /// that of an HMAC key's inner block.
  const uint32_t* inner;
  uint32_t inner_bytes;
  /// For HMAC the hash after the key's outer block, which then takes the inner digest; else null.
  const uint32_t* outer;
  /// 32 bytes for each message.
  uint8_t* out;
};

}  // namespace vram
