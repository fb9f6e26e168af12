// Which driver runs.
#pragma once

#include "hash/kernels.h"
#include "vram/digest.h"

namespace vram {

template <class Kernel>
struct Selected {
  /// Null if the processor or this build does not have what was asked for.
  const Kernel* kernel;
  vram_instruction_set set;
};

Selected<Blake3Kernel> select_blake3(vram_instruction_set asked);
Selected<Sha256Kernel> select_sha256(vram_instruction_set asked);

}  // namespace vram
