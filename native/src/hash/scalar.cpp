// One hash at a time, on plain integers.
#define VRAM_TARGET scalar

#include "blake3_kernel.h"
#include "sha256_kernel.h"

namespace vram {

const Blake3Kernel BLAKE3_SCALAR = {scalar::Blake3Lanes<scalar::Lanes<1>>::leaves,
                                    scalar::Blake3Lanes<scalar::Lanes<1>>::parents};
const Sha256Kernel SHA256_SCALAR = {scalar::sha256_compress,
                                    scalar::Sha256Lanes<scalar::Lanes<1>>::fsverity_blocks,
                                    scalar::Sha256Lanes<scalar::Lanes<1>>::messages};

void blake3_compress(uint32_t cv[8], const uint8_t block[BLAKE3_BLOCK_BYTES], uint64_t counter,
                     uint32_t block_bytes, uint32_t flags) {
  uint32_t words[8], message[16];
  memcpy(words, cv, sizeof words);
  memcpy(message, block, sizeof message);
  scalar::Blake3<scalar::Lanes<1>>::compress(words, message, static_cast<uint32_t>(counter),
                                             static_cast<uint32_t>(counter >> 32), block_bytes, flags);
  memcpy(cv, words, sizeof words);
}

}  // namespace vram
