Feature: One tampered shard among several
  A model lies in GPU memory in several shards. If one of them is tampered with, that one is found, the others are not
  blamed, and the worker does not go on until it is gone.

  Background:
    Given sealed shards "a, b, c, d, e" of "1 MiB" each, parts of one model
    And a bit flips in byte "12345" of shard "c"

  Scenario: The tampered shard is named, and the others still verify
    When the worker verifies the shards "a, b, c, d, e" one after another
    Then only shard "c" failed, with "VERIFICATION_FAILED" because of "digest_mismatch"
    And the worker is "stopped"
    And the log holds one "seal_verification_failed" record, about shard "c"
    And the log holds "seal_verified" records about the shards "a, b, d, e"
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: An execution over all shards does not begin
    When the worker executes over the shards "a, b, c, d, e"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And nothing was executed
    And the worker is "stopped"

  Scenario: An execution over the shards that are intact does begin
    When the worker executes over the shards "a, b, d, e"
    Then it was executed
    And the worker is "ready"

  Scenario: The worker recovers once the tampered shard is gone
    When the worker verifies shard "c"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    When the worker recovers because "it was only one bit"
    Then the recovery fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    When the worker releases shard "c"
    And the worker recovers because "the tampered shard is gone"
    Then the worker is "ready"
    And the resident shards are "a, b, d, e"
