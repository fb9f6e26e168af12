Feature: Verifying a shard where it lies
  A verification checks the signature of the seal and digests every byte in GPU memory. It says what it checked, and the
  log says it too.

  Background:
    Given a sealed shard "model" of "3 MiB"

  Scenario: A fresh shard verifies
    When the worker verifies shard "model"
    Then all "3 MiB" of shard "model" are found unchanged
    And this is recorded:
      | event         | severity | shard_id | mode | bytes_verified | count | first_at  |
      | seal_verified | INFO     | model    | full | 3 MiB          | 1     | no member |

  Scenario: A shard still verifies after it has lain in memory for a while
    When the worker verifies shard "model"
    Then all "3 MiB" of shard "model" are found unchanged
    When the worker waits 1200 ms
    And the worker verifies shard "model" once more
    Then it succeeds
    And this is recorded:
      | event         | severity | shard_id | mode | bytes_verified | count |
      | seal_verified | INFO     | model    | full | 3 MiB          | 1     |

  Scenario: Every verification digests the bytes anew, and none of them is copied back to the host
    When the worker verifies shard "model" 5 times
    Then it succeeds
    And the GPU has digested shard "model" 5 times since it was sealed
    And the host has read nothing back from the GPU

  Scenario: Verifications in quick succession share records, and every one is counted
    When the worker verifies shard "model" 7 times
    And the worker closes
    Then the log accounts for 7 verifications of shard "model" in at most 4 records

  Scenario: A seal that was stored as JSON verifies against the memory it is of
    When the worker verifies the stored seal of shard "model"
    Then all "3 MiB" of shard "model" are found unchanged

  Scenario: A verification is recorded with what it was done for
    When the worker verifies shard "model" for the trace "4bf92f3577b34da6a3ce929d0e0e4736", the job "job-7" and the actor "scheduler"
    Then all "3 MiB" of shard "model" are found unchanged
    And this is recorded:
      | event         | trace_id                         | job_id | actor     |
      | seal_verified | 4bf92f3577b34da6a3ce929d0e0e4736 | job-7  | scheduler |

  Scenario: An auditor sees every verification
    When the worker verifies shard "model"
    Then all "3 MiB" of shard "model" are found unchanged
    And the log tells, in this order:
      | event          | severity |
      | vram_allocated | INFO     |
      | vram_sealed    | INFO     |
      | seal_verified  | INFO     |
    And an auditor finds the log whole, with the public key and with the secret
