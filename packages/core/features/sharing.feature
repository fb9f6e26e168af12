Feature: A shard in the hands of several processes
  One worker loads a model, others adopt its memory by a file descriptor and vouch for it themselves: each with its own
  seal, its own verifications and its own log. No seal claims memory for its worker alone that others can reach.

  @over-stand-in
  Scenario: A shard for others is sealed as not exclusive
    When the worker seals "2 MiB" as shard "model" for other processes
    Then this is recorded:
      | event          | allocated_bytes | shard_id | vram_bytes | exclusive | read_only | adopted   |
      | vram_allocated | 2 MiB           |          |            |           |           |           |
      | vram_sealed    |                 | model    | 2 MiB      | false     | true      | no member |

  @over-stand-in
  Scenario: Another worker adopts it, verifies it where it lies, and lets it go without taking it from its owner
    Given a sealed shard "model" of "2 MiB" for other processes
    When another worker adopts shard "model"
    Then the other worker's seal has the digest of shard "model"
    And the other worker holds "0 MiB" of its own
    When the other worker verifies and then releases what it adopted
    Then the other worker's log tells, in this order:
      | event            | shard_id | exclusive | read_only | adopted | mode | bytes_verified | freed_bytes | remaining_used | reason   | zeroed |
      | vram_sealed      | model    | false     | true      | true    |      |                |             |                |          |        |
      | seal_verified    | model    |           |           |         | full | 2 MiB          |             |                |          |        |
      | vram_deallocated | model    |           |           |         |      |                | 0           | 0              | released | false  |
    And every resident shard verifies

  @over-stand-in
  Scenario: What changes in shared memory stops everyone who verifies it
    Given a sealed shard "model" of "2 MiB" for other processes
    And another worker that adopted shard "model"
    And a bit flips in byte "12345" of shard "model"
    When the other worker verifies what it adopted
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And the other worker is "stopped"
    And the worker is "ready"
    When the worker verifies shard "model"
    Then the verification fails with "VERIFICATION_FAILED" because of "digest_mismatch"

  @over-stand-in
  Scenario: Memory that does not hold what was approved is not adopted
    Given a sealed shard "model" of "2 MiB" for other processes
    When another worker adopts shard "model" and expects other content
    Then it fails with "SEAL_REJECTED" because of "expected_digest_mismatch"
    And the other worker holds "0 MiB" of its own

  @over-stand-in
  Scenario: A shard that was not sealed for others is not handed out
    Given a sealed shard "model" of "2 MiB"
    When the worker exports shard "model"
    Then it fails with "NOT_EXPORTABLE"
    And nothing is recorded

  @over-simulated
  Scenario: The simulated device shares nothing
    When the worker seals "2 MiB" as shard "model" for other processes
    Then it fails with "NOT_EXPORTABLE"
    And nothing is recorded
