Feature: Many things at once
  A worker may be asked for anything at any time. However its calls fall together, memory is never promised twice, every
  shard stays what it is, and the log accounts for all of it.

  Scenario: Ten shards are sealed at once, each with its own content
    When the worker seals 10 shards of "1 MiB" at once
    Then all 10 are sealed, with 10 different digests
    And the worker holds "20 MiB" of GPU memory
    And every resident shard verifies
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: Ten verifications of one shard at once share one reading of its memory
    Given a sealed shard "model" of "2 MiB"
    When the worker verifies shard "model" 10 times at once
    Then all 10 verifications found all "2 MiB" unchanged
    And the GPU has digested shard "model" once since it was sealed
    And this is recorded:
      | event         | severity | shard_id | mode | bytes_verified | count |
      | seal_verified | INFO     | model    | full | 2 MiB          | 1     |
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: Ten verifications of one tampered shard at once all fail, and the log has one failure
    Given a sealed shard "model" of "2 MiB"
    And a bit flips in byte "1" of shard "model"
    When the worker verifies shard "model" 10 times at once
    Then all 10 verifications failed with "VERIFICATION_FAILED" because of "digest_mismatch"
    And this is recorded:
      | event                    | severity | shard_id | reason          |
      | seal_verification_failed | CRITICAL | model    | digest_mismatch |
    And the worker tells its listeners "stopped" because of "digest_mismatch"

  Scenario: Sealing, verifying, executing and releasing go on side by side
    Given sealed shards "a, b, c" of "1 MiB" each
    When the worker seals "d" and "e", verifies "a", executes over "b" and releases "c", all at once, 3 times over
    Then none of it failed
    And the resident shards, in whatever order they were sealed, are "a, b, d3, e3"
    And every resident shard verifies
    And the worker holds "8 MiB" of GPU memory
    And the log accounts for 9 seals and 5 releases
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: Seals that together are too large never take more than there is
    Given a GPU with "6 MiB" of free memory
    When the worker seals 10 shards of "1 MiB" at once
    Then 3 are sealed, and 7 failed with "INSUFFICIENT_VRAM"
    And the worker holds "6 MiB" of GPU memory
    And the GPU has "0 bytes" of free memory left
    And every resident shard verifies
    And the log accounts for 3 seals and 7 refused allocations
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: Seals that together exceed the budget never take more than it
    Given a worker with a budget of "6 MiB"
    When the worker seals 10 shards of "1 MiB" at once
    Then 3 are sealed, and 7 failed with "INSUFFICIENT_VRAM"
    And the worker holds "6 MiB" of GPU memory

  Scenario: One name, asked for ten times at once, is given once
    When the worker seals 10 shards of "1 MiB" under one name at once
    Then 1 is sealed, and 9 failed with "SHARD_EXISTS"
    And the worker holds "2 MiB" of GPU memory
    And the log accounts for 1 seals and 0 refused allocations
