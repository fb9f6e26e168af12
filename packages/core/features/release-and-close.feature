Feature: Giving memory back
  Memory is wiped before it is given back, every release is recorded, and a worker that is closed leaves nothing on the
  GPU.

  Background:
    Given sealed shards "a, b" of "1 MiB" each

  Scenario: A release wipes the memory, gives it back, and is recorded
    When the worker releases shard "a"
    Then the release frees "2 MiB"
    And the memory of shard "a" was wiped before it was given back
    And this is recorded:
      | event            | severity | shard_id | freed_bytes | remaining_used | gpu_device | reason   | zeroed |
      | vram_deallocated | INFO     | a        | 2 MiB       | 2 MiB          | 0          | released | true   |
    And the resident shards are "b"

  Scenario: Releasing again gives the same answer, and no second record
    When the worker releases shard "a"
    Then the release frees "2 MiB"
    When the worker is asked to release shard "a"
    Then shard "a" is released
    And nothing is recorded
    And the worker holds "2 MiB" of GPU memory

  Scenario: A shard is released at the end of the scope that it was declared in
    When a shard "scoped" is sealed in a scope that ends
    Then it succeeds
    And the resident shards are "a, b"
    And this is recorded:
      | event            | shard_id | reason   |
      | vram_allocated   |          |          |
      | vram_sealed      | scoped   |          |
      | vram_deallocated | scoped   | released |

  Scenario: The shard of another worker is not released
    Given another worker "gpu-1" that has sealed a shard "theirs" of "1 MiB"
    When the worker is asked to release the shard "theirs" of the worker "gpu-1"
    Then it fails with "UNKNOWN_SHARD"
    And nothing is recorded
    And the worker is "ready"

  Scenario: A worker that is closed gives everything back
    When the worker closes
    Then this is recorded:
      | event            | shard_id | freed_bytes | remaining_used | reason         | zeroed |
      | vram_deallocated | a        | 2 MiB       | 2 MiB          | manager_closed | true   |
      | vram_deallocated | b        | 2 MiB       | 0              | manager_closed | true   |
    And the worker is "closed"
    And nothing lies on the GPU any more
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: Closing twice is closing once
    When the worker closes
    And the worker closes once more
    Then nothing is recorded
    And the worker is "closed"

  Scenario Outline: A closed worker does nothing any more
    Given the worker has closed
    When it is asked to "<do>" all the same
    Then it fails with "MANAGER_CLOSED"
    And nothing is recorded

    Examples:
      | do      |
      | seal    |
      | verify  |
      | execute |
      | recover |
      | scrub   |

  Scenario: A worker that is closed lets its executions end first, and begins no new ones
    Given an execution over "a" is under way
    When the worker is asked to close
    Then it does not close yet
    And asked to seal, verify or execute meanwhile it refuses with "MANAGER_CLOSED"
    When the execution ends
    Then the worker has closed in order
    And this is recorded:
      | event            | shard_id | reason         | zeroed |
      | vram_deallocated | b        | manager_closed | true   |
      | vram_deallocated | a        | manager_closed | true   |
    And nothing lies on the GPU any more

  Scenario: A seal in the making is undone when the worker is closed
    When the worker is closed while it seals a shard "new" of "9 MiB"
    Then it fails with "MANAGER_CLOSED"
    And the log holds no seal of shard "new"
    And nothing lies on the GPU any more
