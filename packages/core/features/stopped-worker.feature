Feature: A stopped worker, and its recovery
  After a failed verification or a policy violation the worker seals and executes nothing. It can still verify and
  release, so that what is wrong can be found and removed. It works again only after the policy and every resident shard
  were checked anew, and that is recorded.

  Background:
    Given a sealed shard "good" of "1 MiB"
    And a sealed shard "bad" of "1 MiB"
    And a bit flips in byte "0" of shard "bad"

  Scenario: A stopped worker seals nothing
    Given the worker was stopped by verifying shard "bad"
    When the worker seals "1 MiB" as shard "new"
    Then it fails with "WORKER_STOPPED"
    And nothing is recorded
    And the resident shards are "good, bad"

  Scenario: A stopped worker executes nothing, not even over shards that are intact
    Given the worker was stopped by verifying shard "bad"
    When the worker executes over the shards "good"
    Then it fails with "WORKER_STOPPED"
    And nothing was executed
    And nothing is recorded

  Scenario: A stopped worker still verifies
    Given the worker was stopped by verifying shard "bad"
    When the worker verifies shard "good"
    Then all "1 MiB" of shard "good" are found unchanged
    And the worker is "stopped"

  Scenario: A stopped worker still releases
    Given the worker was stopped by verifying shard "bad"
    When the worker releases shard "good"
    Then the release frees "2 MiB"
    And the resident shards are "bad"
    And the worker is "stopped"

  Scenario: A worker does not recover while what is wrong is still there
    Given the worker was stopped by verifying shard "bad"
    When the worker recovers because "somebody hoped"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And the log adds no "worker_recovered" record
    And the worker is "stopped"

  Scenario: A worker recovers once what is wrong is gone, and says on whose word
    Given the worker was stopped by verifying shard "bad"
    When the worker releases shard "bad"
    And the worker recovers because "shard bad was released, ticket 4711"
    Then this is recorded:
      | event            | severity | shard_id | mode | bytes_verified | reason                              |
      | seal_verified    | INFO     | good     | full | 1 MiB          |                                     |
      | worker_recovered | WARNING  |          |      |                | shard bad was released, ticket 4711 |
    And the worker is "ready"
    When the worker seals "1 MiB of zeros" as shard "bad"
    Then shard "bad" is sealed
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: A worker that works has nothing to recover from
    When the worker recovers because "just to be sure"
    Then it fails with "WORKER_NOT_STOPPED"
    And nothing is recorded
    And the worker is "ready"

  Scenario Outline: A reason that no record can hold is refused, and the worker stays stopped
    Given the worker was stopped by verifying shard "bad"
    When the worker releases shard "bad"
    And the worker recovers for a reason that is "<reason>"
    Then it is refused with a TypeError or a RangeError
    And nothing is recorded
    And the worker is "stopped"

    Examples:
      | reason              |
      | missing             |
      | 1025 bytes long     |

  Scenario: A GPU that broke the policy is judged anew before the worker works again
    Given the GPU counts uncorrected ECC errors from now on
    When the worker seals "1 MiB" as shard "new"
    Then it fails with "POLICY_VIOLATION"
    And the worker is "stopped"
    When the worker releases shard "bad"
    And the worker recovers because "the errors will not matter"
    Then the recovery fails with "POLICY_VIOLATION"
    And this is recorded:
      | event            | severity | policy    | violation                 | action_taken   |
      | policy_violation | CRITICAL | vram_only | invalid_device_properties | worker_stopped |
    When the GPU was reset and counts no errors any more
    And the worker recovers because "the GPU was reset"
    Then the worker is "ready"

  Scenario: Listeners are told once when the worker stops, however much fails afterwards
    When the worker verifies shard "bad"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    When the worker verifies shard "bad" again
    Then that fails with "VERIFICATION_FAILED" too
    And the worker tells its listeners "stopped" because of "digest_mismatch"

  Scenario: Whoever has listened long enough is told no more
    Given somebody listens for "stopped" and then no longer
    When the worker verifies shard "bad"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And that somebody was told nothing
    But the worker tells its listeners "stopped" because of "digest_mismatch"
