Feature: When the audit log cannot be written
  Where the audit log is required, nothing counts that is not on disk: an operation whose record cannot be made durable
  fails and is undone. Where it is not, the worker goes on, and its developer is told.

  Scenario: A worker that requires its log returns once the record is on disk
    Given a worker that must have every record on disk
    When the worker seals "1 MiB" as shard "model"
    Then shard "model" is sealed
    And the records "vram_allocated, vram_sealed" are on disk already

  Scenario: Without its log, a worker that requires it takes no memory
    Given a worker that must have every record on disk
    And the disk of the audit log is lost
    When the worker seals "1 MiB" as shard "model"
    Then it fails with "AUDIT_UNAVAILABLE"
    And not a byte was written to the GPU
    And the worker holds "0 bytes" of GPU memory
    And the resident shards are ""

  Scenario: A seal that cannot be recorded is undone
    Given a worker that must have every record on disk
    And the audit log is closed just before "vram_sealed" is recorded
    When the worker seals "1 MiB" as shard "model"
    Then it fails with "AUDIT_UNAVAILABLE"
    And the memory was wiped and given back
    And the worker holds "0 bytes" of GPU memory
    And the resident shards are ""
    And the log tells, in this order:
      | event          |
      | vram_allocated |

  Scenario: A verification that cannot be recorded does not count
    Given a worker that must have every record on disk
    And a sealed shard "model" of "1 MiB"
    And the disk of the audit log is lost
    When the worker verifies shard "model"
    Then it fails with "AUDIT_UNAVAILABLE"

  Scenario: Nothing is executed over shards whose verification cannot be recorded
    Given a worker that must have every record on disk
    And a sealed shard "model" of "1 MiB"
    And the disk of the audit log is lost
    When the worker executes over the shards "model"
    Then it fails with "AUDIT_UNAVAILABLE"
    And nothing was executed

  Scenario: A release is done even if it cannot be recorded, and the caller is told
    Given a worker that must have every record on disk
    And a sealed shard "model" of "1 MiB"
    And the disk of the audit log is lost
    When the worker releases shard "model"
    Then it fails with "AUDIT_UNAVAILABLE"
    And the memory was wiped and given back
    And the worker holds "0 bytes" of GPU memory

  Scenario: Corruption stops the worker even if it cannot be recorded
    Given a worker that must have every record on disk
    And a sealed shard "model" of "1 MiB"
    And a bit flips in byte "7" of shard "model"
    And the disk of the audit log is lost
    When the worker verifies shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And the worker is "stopped"
    And its developer is told that a record is missing

  Scenario: A recovery that cannot be recorded does not put the worker back to work
    Given a worker that must have every record on disk
    And sealed shards "good, bad" of "1 MiB" each
    And a bit flips in byte "7" of shard "bad"
    When the worker verifies shard "bad"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    When the worker releases shard "bad"
    And the disk of the audit log is lost
    And the worker recovers because "the tampered shard is gone"
    Then the recovery fails with "AUDIT_UNAVAILABLE"
    And the worker is "stopped"

  Scenario: What was on disk before the log was lost still stands up to an auditor
    Given a worker that must have every record on disk
    And a sealed shard "model" of "1 MiB"
    And the disk of the audit log is lost
    When the worker verifies shard "model"
    Then it fails with "AUDIT_UNAVAILABLE"
    And an auditor with the secret finds what is left of the log unaltered, the seal of shard "model" included

  Scenario: A worker that does not require its log goes on without it, and its developer is told
    Given a sealed shard "model" of "1 MiB"
    And the disk of the audit log is lost
    When the worker verifies shard "model"
    Then all "1 MiB" of shard "model" are found unchanged
    And its developer is told that a record is missing
    When the worker seals "1 MiB" as shard "another"
    Then shard "another" is sealed
