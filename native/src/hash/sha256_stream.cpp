#include "sha256_stream.h"

#include "bytes.h"
#include "sha256_constants.h"

namespace vram {

void Sha256Stream::begin(const Sha256Kernel& kernel) {
  kernel_ = &kernel;
  size_bytes_ = 0;
  memcpy(hash_, SHA256_IV, sizeof hash_);
}

void Sha256Stream::update(const uint8_t* bytes, size_t size) {
  if (size == 0) return;
  const size_t kept = size_bytes_ % SHA256_BLOCK_BYTES;
  size_bytes_ += size;
  if (kept > 0) {
    const size_t taken = smaller(SHA256_BLOCK_BYTES - kept, size);
    memcpy(block_ + kept, bytes, taken);
    bytes += taken;
    size -= taken;
    if (kept + taken < SHA256_BLOCK_BYTES) return;
    kernel_->compress(hash_, block_, 1);
  }
  const size_t whole = size / SHA256_BLOCK_BYTES;
  kernel_->compress(hash_, bytes, whole);
  memcpy(block_, bytes + whole * SHA256_BLOCK_BYTES, size % SHA256_BLOCK_BYTES);
}

void Sha256Stream::finish(uint8_t out[HASH_BYTES]) {
  uint8_t last[2 * SHA256_BLOCK_BYTES] = {};
  const size_t kept = size_bytes_ % SHA256_BLOCK_BYTES;
  memcpy(last, block_, kept);
  last[kept] = 0x80;
  const size_t blocks = kept + 1 + 8 <= SHA256_BLOCK_BYTES ? 1 : 2;
  store_big_endian_64(size_bytes_ * 8, last + blocks * SHA256_BLOCK_BYTES - 8);
  kernel_->compress(hash_, last, blocks);
  wipe(last, sizeof last);
  store_sha256(hash_, out);
}

}  // namespace vram
