Feature: Finding what is not as it was sealed
  Whatever is wrong with a shard or its seal, the verification fails, the worker stops, its listeners are told, and a
  CRITICAL record says why. A worker never goes on with memory that it cannot vouch for.

  Background:
    Given a sealed shard "model" of "1 MiB"

  Scenario Outline: One flipped bit is found, wherever it lies
    Given a bit flips in byte "<byte>" of shard "model"
    When the worker verifies shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And this is recorded:
      | event                    | severity | shard_id | reason          | expected_digest | actual_digest | action_taken   |
      | seal_verification_failed | CRITICAL | model    | digest_mismatch | a digest        | a digest      | worker_stopped |
    And the record names the sealed digest of shard "model", and another one that was found
    And the worker is "stopped"
    And the worker tells its listeners "verificationFailed" because of "digest_mismatch"
    And the worker tells its listeners "stopped" because of "digest_mismatch"
    And an auditor finds the log whole, with the public key and with the secret

    Examples:
      | byte    |
      | 0       |
      | 524288  |
      | 1048575 |

  Scenario Outline: A seal in which one member was changed is found
    When a seal of shard "model" is presented in which "<member>" was changed to "<value>"
    Then it fails with "VERIFICATION_FAILED" because of "<reason>"
    And the failure is recorded with the reason "<reason>" and stops the worker

    Examples:
      | member       | value                                                            | reason            |
      | signature    | 0000000000000000000000000000000000000000000000000000000000000000 | signature_invalid |
      | digest       | 0000000000000000000000000000000000000000000000000000000000000000 | signature_invalid |
      | worker_id    | gpu-1                                                            | signature_invalid |
      | gpu_uuid     | SIM-00000000-0000-4000-8000-000000000001                         | signature_invalid |
      | sealed_at    | 2026-01-02T03:04:05.000006Z                                      | signature_invalid |
      | model_ref    | another-model                                                    | signature_invalid |
      | vram_bytes   | 1                                                                | signature_invalid |
      | gpu_device   | 1                                                                | signature_invalid |
      | nonce        | 00000000000000000000000000000000                                 | unknown_shard     |
      | shard_id     | another-shard                                                    | unknown_shard     |

  Scenario: A seal that another token signed is found, even if every field is right
    When a seal of shard "model" is presented that was signed with another token
    Then it fails with "VERIFICATION_FAILED" because of "signature_invalid"
    And the failure is recorded with the reason "signature_invalid" and stops the worker

  Scenario: The seal of a shard that never was here is refused
    When a seal is presented for a shard "elsewhere" that was never sealed here
    Then it fails with "VERIFICATION_FAILED" because of "unknown_shard"
    And the failure is recorded with the reason "unknown_shard" and stops the worker

  Scenario: The seal of another worker is refused, even for the same content under the same name
    Given another worker "gpu-1" that has sealed the same content as shard "model"
    When the seal of shard "model" by the worker "gpu-1" is presented
    Then it fails with "VERIFICATION_FAILED" because of "unknown_shard"
    And the failure is recorded with the reason "unknown_shard" and stops the worker
    But the worker "gpu-1" is "ready" and its shard "model" verifies

  Scenario: A seal from before the worker was restarted is refused
    Given the worker keeps the seal of shard "model", restarts and seals the same content again
    When the seal that was kept is presented
    Then it fails with "VERIFICATION_FAILED" because of "unknown_shard"
    And the failure is recorded with the reason "unknown_shard" and stops the worker

  Scenario: A stored seal of a shard that was released is refused
    Given shard "model" was released
    When the worker verifies the stored seal of shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "unknown_shard"
    And the failure is recorded with the reason "unknown_shard" and stops the worker

  Scenario: A shard that the GPU cannot digest does not count as verified
    Given the GPU fails the next "digest"
    When the worker verifies shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "device_error"
    And this is recorded:
      | event                    | severity | shard_id | reason       | expected_digest | actual_digest | action_taken   |
      | seal_verification_failed | CRITICAL | model    | device_error | null            | null          | worker_stopped |
    And the worker is "stopped"

  Scenario Outline: What is no seal at all is the caller's mistake: it is refused, and the worker goes on
    When "<presented>" is presented as a seal
    Then it fails with "INVALID_SEAL"
    And nothing is recorded
    And the worker is "ready"

    Examples:
      | presented                          |
      | null                               |
      | 42                                 |
      | []                                 |
      | {}                                 |
      | a seal of shard model in version 2 |

  Scenario: A seal without a signature is no seal
    When a seal of shard "model" is presented without its signature
    Then it fails with "VERIFICATION_FAILED" because of "not_sealed"
    And the failure is recorded with the reason "not_sealed" and stops the worker

  Scenario: A shard that was released cannot be verified, which is no failure of any seal
    Given shard "model" was released
    When the worker verifies shard "model"
    Then it fails with "SHARD_RELEASED"
    And nothing is recorded
    And the worker is "ready"
