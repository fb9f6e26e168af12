// Sixteen lanes: AVX-512 (F, BW and VL).
#define VRAM_TARGET avx512

#include "blake3_kernel.h"
#include "sha256_kernel.h"

namespace vram {

const Blake3Kernel BLAKE3_AVX512 = {avx512::Blake3Lanes<avx512::Lanes<16>>::leaves,
                                    avx512::Blake3Lanes<avx512::Lanes<16>>::parents};
const Sha256Kernel SHA256_AVX512 = {avx512::sha256_compress,
                                    avx512::Sha256Lanes<avx512::Lanes<16>>::fsverity_blocks,
                                    avx512::Sha256Lanes<avx512::Lanes<16>>::messages};

}  // namespace vram
