// Plain implementations, written from the specifications to be obviously right, against which the fast ones
// are tested. They share nothing with the code under test.
#pragma once

#include "../check.h"

namespace vram_test {

/// FIPS 180-4.
Bytes plain_sha256(const Bytes& message);
/// RFC 2104 with SHA-256.
Bytes plain_hmac_sha256(const Bytes& key, const Bytes& message);
/// The digest by the BLAKE3 paper.
Bytes plain_blake3(const Bytes& input);
/// The chaining value of a subtree of BLAKE3 over `part`, whose first 1024 bytes are number `first_leaf`.
Bytes plain_blake3_node(const Bytes& part, uint64_t first_leaf);
/// The fs-verity file digest.
Bytes plain_fsverity(const Bytes& input);
/// The hash of the level-1 block over at most 128 blocks of data.
Bytes plain_fsverity_node(const Bytes& part);

}  // namespace vram_test
