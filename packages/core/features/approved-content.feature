Feature: Sealing what was approved, and nothing else
  What lies in GPU memory is compared with what was approved and with what was read. Content that is not what it should
  be is refused, wiped and recorded; it is never sealed.

  Scenario Outline: A model has the same digest wherever it comes from
    When the worker seals a model of "6 MiB" that comes from "<source>"
    Then shard "model" is sealed
    And its digest is the one that anybody computes from the model's bytes

    Examples:
      | source   |
      | a file   |
      | memory   |
      | a Blob   |
      | a stream |

  Scenario Outline: Content with the approved digest is sealed, and the record names that digest
    When the worker seals "3 MiB of zeros" as shard "model", expecting "<digest>"
    Then shard "model" is sealed
    And the record of the seal names the expected digest "<digest>"

    Examples:
      | digest                                                                           |
      | blake3:0471c2e7ccc927709c1e41e299804f1c2d2c2b757ff5afd5a3172bd68b9bccc2          |
      | sha256:bbd05cf6097ac9b1f89ea29d2542c1b7b67ee46848393895f5a9e43fa1f621e5          |
      | sha256-fsverity:8df18f578f340b4850488e16fe1a39b7d6d7a036173a7ed3530a80389f333ef6 |

  Scenario: The record says where the approved digest came from
    When the worker seals "3 MiB of zeros" as shard "model", expecting the digest in "https://models.example/manifest.json"
    Then shard "model" is sealed
    And this is recorded:
      | event          | expected_digest | expected_source                      |
      | vram_allocated |                 |                                      |
      | vram_sealed    | a digest        | https://models.example/manifest.json |

  Scenario Outline: Content with another digest is refused, wiped and recorded
    When the worker seals "3 MiB of ones" as shard "model", expecting "<digest>"
    Then it fails with "SEAL_REJECTED" because of "expected_digest_mismatch"
    And this is recorded:
      | event            | severity | shard_id | reason                   | expected_digest | actual_digest | freed_bytes | zeroed |
      | vram_allocated   | INFO     |          |                          |                 |               |             |        |
      | seal_rejected    | CRITICAL | model    | expected_digest_mismatch | a digest        | a digest      |             |        |
      | vram_deallocated | INFO     | model    | seal_failed              |                 |               | 4 MiB       | true   |
    And the rejection names the expected digest "<digest>" and another one that was found
    And the worker holds "0 bytes" of GPU memory
    And the worker is "ready"
    And an auditor finds the log whole, with the public key and with the secret

    Examples:
      | digest                                                                           |
      | blake3:0471c2e7ccc927709c1e41e299804f1c2d2c2b757ff5afd5a3172bd68b9bccc2          |
      | sha256:bbd05cf6097ac9b1f89ea29d2542c1b7b67ee46848393895f5a9e43fa1f621e5          |
      | sha256-fsverity:8df18f578f340b4850488e16fe1a39b7d6d7a036173a7ed3530a80389f333ef6 |

  Scenario Outline: A model file that changes while it is read is refused
    When the worker seals a model file of "6 MiB" that is "<change>" while it is read
    Then it fails with "SEAL_REJECTED" because of "source_changed"
    And this is recorded:
      | event            | severity | shard_id | reason         | actual_digest | freed_bytes | zeroed |
      | vram_allocated   | INFO     |          |                |               |             |        |
      | seal_rejected    | CRITICAL | model    | source_changed | null          |             |        |
      | vram_deallocated | INFO     | model    | seal_failed    |               | 6 MiB       | true   |
    And the worker holds "0 bytes" of GPU memory

    Examples:
      | change      |
      | overwritten |
      | lengthened  |
      | cut short   |

  Scenario Outline: A stream that does not hold what it promised is refused
    When the worker seals a stream that promises "3 MiB" and gives "<given>"
    Then it fails with "SEAL_REJECTED" because of "source_changed"
    And this is recorded:
      | event            | severity | shard_id | reason         | zeroed |
      | vram_allocated   | INFO     |          |                |        |
      | seal_rejected    | CRITICAL | model    | source_changed |        |
      | vram_deallocated | INFO     | model    | seal_failed    | true   |
    And the worker holds "0 bytes" of GPU memory

    Examples:
      | given         |
      | 2 MiB         |
      | 3145727 bytes |
      | 3145729 bytes |

  Scenario: A stream that breaks leaves nothing behind
    When the worker seals a stream that breaks after "2 MiB"
    Then it fails with "STREAM_BROKE"
    And this is recorded:
      | event            | severity | shard_id | reason      | zeroed |
      | vram_allocated   | INFO     |          |             |        |
      | vram_deallocated | INFO     | model    | seal_failed | true   |
    And the worker holds "0 bytes" of GPU memory

  Scenario: A bit that flips in GPU memory while loading is found before anything is sealed
    Given the GPU flips a bit of whatever it digests next
    When the worker seals "3 MiB" as shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And this is recorded:
      | event                    | severity | shard_id | reason          | expected_digest | actual_digest | zeroed |
      | vram_allocated           | INFO     |          |                 |                 |               |        |
      | seal_verification_failed | CRITICAL | model    | digest_mismatch | a digest        | a digest      |        |
      | vram_deallocated         | INFO     | model    | seal_failed     |                 |               | true   |
    And the worker holds "0 bytes" of GPU memory
    And the worker is "stopped"

  Scenario Outline: What is no readable file is refused, and nothing is recorded
    When the worker seals the path of "<path>"
    Then it fails with "<code>"
    And nothing is recorded
    And the worker is "ready"

    Examples:
      | path                | code              |
      | a folder            | SOURCE_NOT_A_FILE |
      | a named pipe        | SOURCE_NOT_A_FILE |
      | a file that is gone | SOURCE_UNREADABLE |

  Scenario: A model larger than the worker takes is refused before anything is read
    Given a worker that takes models of at most "2 MiB"
    When the worker seals "2097153 bytes" as shard "model"
    Then it fails with "MODEL_TOO_LARGE"
    And nothing is recorded
