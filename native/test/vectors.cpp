#include "vectors.h"

#include <fstream>
#include <sstream>

namespace vram_test {

std::vector<DigestVector> digest_vectors() {
  std::vector<DigestVector> vectors;
  std::ifstream file(VRAM_VECTORS);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    DigestVector vector;
    std::istringstream(line) >> vector.length >> vector.digests[0] >> vector.digests[1] >> vector.digests[2];
    vectors.push_back(vector);
  }
  return vectors;
}

}  // namespace vram_test
