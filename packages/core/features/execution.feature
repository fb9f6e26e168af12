Feature: Executing over verified shards
  A function over shards runs only after they were verified as the caller asked. While it runs nothing takes its shards
  away, and what it was given is of no use afterwards.

  Background:
    Given sealed shards "a, b" of "1 MiB" each

  Scenario: An execution sees its shards, and gives back what its function gives
    When the worker executes over the shards "a, b"
    Then it was executed
    And it was given the shards "a, b" of "1 MiB" each
    And this is recorded:
      | event         | severity | shard_id | mode | bytes_verified |
      | seal_verified | INFO     | a        | full | 1 MiB          |
      | seal_verified | INFO     | b        | full | 1 MiB          |

  Scenario: What an execution was given is of no use afterwards
    When the worker executes over the shards "a, b"
    Then it was executed
    And what it was given has expired

  Scenario: An execution is recorded with what it was done for
    When the worker executes over "a" for the trace "trace-7" and the job "job-9"
    Then it was executed
    And this is recorded:
      | event         | shard_id | trace_id | job_id |
      | seal_verified | a        | trace-7  | job-9  |

  Scenario: Nothing is executed over a tampered shard
    Given a bit flips in byte "1000000" of shard "b"
    When the worker executes over the shards "a, b"
    Then it fails with "VERIFICATION_FAILED" because of "digest_mismatch"
    And nothing was executed
    And the worker is "stopped"
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: Ten executions at once share one verification
    When the worker executes 10 times at once over "a"
    Then it was executed 10 times
    And the number of digests computed in GPU memory since sealing is 1
    And this is recorded:
      | event         | shard_id | mode | count |
      | seal_verified | a        | full | 1     |

  Scenario: A verification that is recent enough may do
    Given the worker has just verified shard "a"
    When the worker executes over "a" with a verification of at most 60000 ms ago
    Then it was executed
    And the number of digests computed in GPU memory since sealing is 1
    And nothing is recorded

  Scenario: A verification that is too old does not do
    Given the worker has just verified shard "a"
    When the worker waits 30 ms
    And the worker executes over "a" with a verification of at most 10 ms ago
    Then it was executed
    And the number of digests computed in GPU memory since sealing is 2

  Scenario: Checking the signature alone is possible, and the record says that no byte was checked
    When the worker executes over "a", checking its signature alone
    Then it was executed
    And the number of digests computed in GPU memory since sealing is 0
    And this is recorded:
      | event         | shard_id | mode      | bytes_verified |
      | seal_verified | a        | signature | 0              |

  Scenario: What the function throws reaches the caller, and the shards are free again
    When the worker executes a function over "a" that throws
    Then it fails with "INFERENCE_FAILED"
    And the worker is "ready"
    When the worker releases shard "a"
    Then the release frees "2 MiB"

  Scenario: A shard is not released under an execution
    Given an execution over "a" is under way
    When the worker is asked to release shard "a"
    Then shard "a" is not released yet
    When the execution ends
    Then shard "a" is released
    And this is recorded:
      | event            | shard_id | reason   | zeroed |
      | vram_deallocated | a        | released | true   |

  Scenario: A shard that is about to be released is not executed over any more
    Given an execution over "a" is under way
    And the worker is asked to release shard "a"
    When somebody else executes over the shard "a"
    Then that is refused with "SHARD_RELEASED"
    And the worker is "ready"
    When the execution ends
    Then shard "a" is released

  Scenario: A released shard is not executed over
    When the worker releases shard "a"
    Then the release frees "2 MiB"
    When the worker executes over the shards "a, b"
    Then it fails with "SHARD_RELEASED"
    And nothing was executed
    And nothing is recorded

  Scenario: An execution that would wait for its own end by releasing its shard is told so instead
    When the worker executes a function over "a" that releases shard "a"
    Then it fails with "SHARD_IN_USE"
    And the resident shards are "a, b"
    And the worker is "ready"

  Scenario: An execution that would wait for its own end by closing the worker is told so instead
    When the worker executes a function over "a" that closes the worker
    Then it fails with "SHARD_IN_USE"
    And the resident shards are "a, b"
    And the worker is "ready"

  Scenario: An execution may release a shard that it does not use
    When the worker executes a function over "a" that releases shard "b"
    Then it succeeds
    And the resident shards are "a"

  Scenario Outline: Executions that make no sense are refused without a trace
    When the worker executes over "a" with the verification "<verify>"
    Then it is refused as the caller's mistake about "verify"
    And nothing was executed
    And nothing is recorded

    Examples:
      | verify            |
      | 'none'            |
      | null              |
      | {'maxAgeMs':-1}   |
      | {'maxAgeMs':'60'} |
