// Four lanes: vectors of 128 bits that the target always has, WebAssembly's among them.
#define VRAM_TARGET simd128

#include "blake3_kernel.h"
#include "sha256_kernel.h"

namespace vram {

const Blake3Kernel BLAKE3_SIMD128 = {simd128::Blake3Lanes<simd128::Lanes<4>>::leaves,
                                     simd128::Blake3Lanes<simd128::Lanes<4>>::parents};
const Sha256Kernel SHA256_SIMD128 = {simd128::sha256_compress,
                                     simd128::Sha256Lanes<simd128::Lanes<4>>::fsverity_blocks,
                                     simd128::Sha256Lanes<simd128::Lanes<4>>::messages};

}  // namespace vram
