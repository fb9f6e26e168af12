Feature: The log tells what happened, to anyone
  Every allocation, seal, verification, failure, release, violation and recovery is a record. Whoever has the log and a
  key can tell whether it is whole and unaltered, without asking the worker.

  Scenario: A worker's life, as the log tells it
    Given a worker that lived through every kind of event
    Then the log tells, in this order:
      | event                    | severity | shard_id | reason                   | violation                 |
      | vram_allocated           | INFO     |          |                          |                           |
      | vram_sealed              | INFO     | model    |                          |                           |
      | vram_allocation_failed   | WARNING  |          | insufficient_vram        |                           |
      | vram_allocated           | INFO     |          |                          |                           |
      | seal_rejected            | CRITICAL | other    | expected_digest_mismatch |                           |
      | vram_deallocated         | INFO     | other    | seal_failed              |                           |
      | policy_violation         | CRITICAL |          |                          | invalid_device_properties |
      | seal_verified            | INFO     | model    |                          |                           |
      | worker_recovered         | WARNING  |          | the GPU was reset        |                           |
      | seal_verification_failed | CRITICAL | model    | digest_mismatch          |                           |
      | vram_deallocated         | INFO     | model    | released                 |                           |
    And every record names the worker "gpu-0", the device 0 and a UTC time that never goes back
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: The chain goes on when the worker is restarted
    Given a worker that lived through every kind of event
    When the worker is restarted and seals "1 MiB" as shard "model"
    Then shard "model" is sealed
    And the log is one chain of records, opened twice
    And an auditor finds the log whole, with the public key and with the secret

  Scenario Outline: Whoever tampers with a record is found out, with either key
    Given a worker that lived through every kind of event
    When the worker has ended
    And the record of the "<event>" is "<tampering>" in its log
    Then an auditor with the public key finds the log tampered with
    And an auditor with the secret finds the log tampered with

    Examples:
      | tampering  | event                    |
      | removed    | seal_verification_failed |
      | removed    | vram_deallocated         |
      | altered    | vram_sealed              |
      | altered    | policy_violation         |
      | doubled    | seal_verified            |
      | moved back | worker_recovered         |

  Scenario: An auditor without any key is told that nothing was proven
    Given a worker that lived through every kind of event
    When the worker has ended
    Then an auditor without a key finds the log incomplete

  Scenario: Recording holds nobody up
    Given a worker whose log writes to the disk once a minute
    When the worker seals "1 MiB" as shard "model"
    Then shard "model" is sealed
    And nothing is on disk yet
    When the worker ends
    Then the log tells, in this order:
      | event            |
      | vram_allocated   |
      | vram_sealed      |
      | vram_deallocated |

  Scenario: Recording takes less than a millisecond of the worker's time
    When the worker's service records 900 events of its own in a row
    Then each took less than 1 ms of the worker's time on average
    And all 900 are on disk in the end

  Scenario: More events than the buffer holds are dropped by count, never silently, and CRITICAL ones never
    Given a sealed shard "model" of "1 MiB"
    And a bit flips in byte "1" of shard "model"
    And the worker's service records 2000 events of its own just before a "seal_verification_failed"
    When the worker verifies shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And of the 2000 events some were dropped, and the log says how many
    And the log holds the CRITICAL record of the failed verification
    And an auditor finds the log whole, with the public key and with the secret
