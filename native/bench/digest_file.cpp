// vram_digest_file blake3|sha256-fsverity|sha256 THREADS FILE: prints the digest, as b3sum and fsverity do, so that whole
// processes can be compared.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vram/digest.h"

namespace {

constexpr const char* ALGORITHMS[] = {"blake3", "sha256-fsverity", "sha256"};

int give_up(const char* what) {
  std::fprintf(stderr, "vram_digest_file: %s\n", what);
  return 1;
}

int digest_file(vram_digest_algorithm algorithm, size_t threads, const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) return give_up("the file cannot be opened");
  const auto size = static_cast<size_t>(facts.st_size);
  void* bytes = size == 0 ? nullptr : mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (bytes == MAP_FAILED) return give_up("the file cannot be mapped");
  vram_pool* pool = nullptr;
  if (vram_pool_create(threads, &pool) != VRAM_OK) return give_up("no such pool of threads");
  uint8_t digest[VRAM_DIGEST_BYTES];
  const vram_status status = vram_digest(algorithm, VRAM_BEST, bytes, size, pool, digest);
  vram_pool_destroy(pool);
  if (status != VRAM_OK) return give_up(vram_status_name(status));
  for (const uint8_t byte : digest) std::printf("%02x", byte);
  std::printf("  %s\n", path);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4) {
    for (int i = 0; i < 3; i++) {
      if (std::strcmp(argv[1], ALGORITHMS[i]) != 0) continue;
      return digest_file(static_cast<vram_digest_algorithm>(i), std::strtoul(argv[2], nullptr, 10), argv[3]);
    }
  }
  std::fprintf(stderr, "usage: %s blake3|sha256-fsverity|sha256 THREADS FILE\n", argv[0]);
  return 2;
}
