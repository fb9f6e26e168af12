Feature: Sealing a model shard
  A shard is copied into GPU memory, digested where it lies, signed, and recorded. Its digest is one that anybody can
  compute from the model file, so a seal can be compared with what was approved.

  Scenario Outline: A shard of any size and content is sealed byte for byte
    When the worker seals "<content>" as shard "model"
    Then shard "model" is sealed
    And its seal states "<bytes>" bytes with the digest "<digest>"
    And the record of the seal says the same

    Examples:
      | content                | bytes   | digest                                                           |
      | 1 byte of zeros        | 1       | 2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213 |
      | 1 byte of ones         | 1       | 99d44d377bc5936d8cb7f5df90713d84c7587739b4724d3d2f9af1ee0e4c8efd |
      | 1 KiB of zeros         | 1024    | d6fd9de5bccf223f523b316c9cd1cf9a9d87ea42473d68e011dad13f09bf8917 |
      | 1025 bytes of ones     | 1025    | a2c674a7264fa825249e1dee17d1baeb0f585484d580e5c5a8e116db11dbffc4 |
      | 1 MiB of ones          | 1048576 | 036ba936bcdc69c638139eb67dcb044ddcc584d72cbb7d82a15cea70df2dd4cd |
      | 2 MiB of zeros         | 2097152 | 8ac83f8ce09d064b023ab3c15880b02f2686cd1817fd25915b8153316ee059f8 |
      | 2097153 bytes of zeros | 2097153 | ab515959a31a75bc7e51c204f8b4d380acacdd0379ff77a66e1e25e1ff247c19 |
      | 5 MiB of ones          | 5242880 | 9ca7a8352c1ac6b8cacbd2286a7f0b88371c7421e5d4b9b8059fd04ba38c09ad |

  Scenario Outline: The seal can carry the fs-verity digest of the file instead
    When the worker seals "<content>" as shard "model" with the digest algorithm "sha256-fsverity"
    Then shard "model" is sealed
    And its seal states "<bytes>" bytes with the digest "<digest>"
    And the record of the seal says the same

    Examples:
      | content            | bytes   | digest                                                           |
      | 1 byte of zeros    | 1       | b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551 |
      | 4096 bytes of zeros | 4096   | babc284ee4ffe7f449377fbf6692715b43aec7bc39c094a95878904d34bac97e |
      | 4097 bytes of ones | 4097    | 698114c89c2be8b3d573965491c4104de536af7ff364a111fc28e47734d91631 |
      | 3 MiB of zeros     | 3145728 | 8df18f578f340b4850488e16fe1a39b7d6d7a036173a7ed3530a80389f333ef6 |

  Scenario: Equal content has an equal digest, but every seal is its own
    Given a sealed shard "first" of "1 MiB of ones"
    And a sealed shard "second" of "1 MiB of ones"
    Then shards "first" and "second" have the same digest
    But shards "first" and "second" have different nonces and signatures

  Scenario: A shard may take all the memory there is
    Given a GPU with "8 MiB" of free memory
    When the worker seals "8 MiB" as shard "model"
    Then shard "model" is sealed
    And the GPU has "0 bytes" of free memory left

  Scenario: A shard one byte too large is refused, and nothing of it stays
    Given a GPU with "8 MiB" of free memory
    When the worker seals "8388609 bytes" as shard "model"
    Then it fails with "INSUFFICIENT_VRAM" because of "insufficient_vram"
    And this is recorded:
      | event                  | severity | requested_bytes | available_bytes | reason            |
      | vram_allocation_failed | WARNING  | 8388609         | 8 MiB           | insufficient_vram |
    And the GPU has "8 MiB" of free memory left
    And the worker is "ready"

  Scenario: Allocation and seal are recorded, in this order
    When the worker seals "3 MiB" as shard "model"
    Then shard "model" is sealed
    And this is recorded:
      | event          | severity | requested_bytes | allocated_bytes | used_bytes | shard_id | vram_bytes | backend            | simulated | read_only | exclusive |
      | vram_allocated | INFO     | 3 MiB           | 4 MiB           | 4 MiB      |          |            |           |           |           |           |
      | vram_sealed    | INFO     |                 |                 |            | model    | 3 MiB      | the backend in use | true      | true      | true      |

  Scenario: A GPU that cannot protect memory is used, and the record says so
    Given a GPU that cannot make memory read-only
    When the worker seals "1 MiB" as shard "model"
    Then shard "model" is sealed
    And this is recorded:
      | event          | read_only |
      | vram_allocated |           |
      | vram_sealed    | false     |

  Scenario: A seal states what was sealed, where, when and by whom, and nothing else
    When the worker seals "1 MiB" as shard "layers-0-7", part 0 of 4 of the model "llama-3.1-8b"
    Then shard "layers-0-7" is sealed
    And its serialised seal has these members alone:
      | member           | value                                    |
      | format           | vram-residency/seal/v1                   |
      | shard_id         | layers-0-7                               |
      | worker_id        | gpu-0                                    |
      | gpu_uuid         | the uuid of the GPU                      |
      | gpu_device       | 0                                        |
      | vram_bytes       | 1 MiB                                    |
      | digest_algorithm | blake3                                   |
      | digest           | 64 hexadecimal digits                    |
      | sealed_at        | a UTC time of this minute                |
      | nonce            | 32 hexadecimal digits                    |
      | model_ref        | llama-3.1-8b                             |
      | shard_index      | 0                                        |
      | total_shards     | 4                                        |
      | signature        | 64 hexadecimal digits                    |
    And this is recorded:
      | event          | shard_id   | model_ref    | shard_index | total_shards |
      | vram_allocated |            |              |             |              |
      | vram_sealed    | layers-0-7 | llama-3.1-8b | 0           | 4            |

  Scenario: A shard without a name is given one
    When the worker seals "1 MiB" without naming the shard
    Then it succeeds
    And the shard has a name of its own

  Scenario: A name is taken as long as its shard is resident
    Given a sealed shard "model" of "1 MiB"
    When the worker seals "1 MiB of zeros" as shard "model"
    Then it fails with "SHARD_EXISTS"
    And nothing is recorded
    When the worker verifies shard "model"
    Then all "1 MiB" of shard "model" are found unchanged
    When the worker releases shard "model"
    Then the release frees "2 MiB"
    When the worker seals "1 MiB of ones" as shard "model"
    Then shard "model" is sealed

  Scenario: Whoever seals sees how far it has come
    When the worker seals "9 MiB" as shard "model" and is told of progress
    Then shard "model" is sealed
    And progress never went back and ended with all "9 MiB" loaded

  Scenario: A seal that is cancelled leaves nothing behind
    When the worker seals "9 MiB" as shard "model" and cancels after the first piece
    Then it fails with "CANCELLED"
    And this is recorded:
      | event            | severity | shard_id | freed_bytes | remaining_used | reason      | zeroed |
      | vram_allocated   | INFO     |          |             |                |             |        |
      | vram_deallocated | INFO     | model    | 10 MiB      | 0              | seal_failed | true   |
    And the worker holds "0 bytes" of GPU memory
    And the worker is "ready"

  Scenario: The log proves a shard's whole life
    Given a sealed shard "model" of "3 MiB"
    When the worker verifies shard "model"
    Then all "3 MiB" of shard "model" are found unchanged
    When the worker releases shard "model"
    Then the release frees "4 MiB"
    And the log tells, in this order:
      | event            | severity | shard_id | used_bytes | bytes_verified | freed_bytes | remaining_used | reason   | zeroed |
      | vram_allocated   | INFO     |          | 4 MiB      |                |             |                |          |        |
      | vram_sealed      | INFO     | model    |            |                |             |                |          |        |
      | seal_verified    | INFO     | model    |            | 3 MiB          |             |                |          |        |
      | vram_deallocated | INFO     | model    |            |                | 4 MiB       | 0              | released | true   |
    And an auditor finds the log whole, with the public key and with the secret
