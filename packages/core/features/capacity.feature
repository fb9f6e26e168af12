Feature: Running out of GPU memory, and having it again
  The worker asks for no more than there is, says why it could not have it, and gives everything back.

  Scenario: Sealing until memory is exhausted, and again once a shard is released
    Given a GPU with "8 MiB" of free memory
    And sealed shards "a, b, c, d" of "2 MiB" each
    When the worker seals "1 byte of ones" as shard "e"
    Then it fails with "INSUFFICIENT_VRAM" because of "insufficient_vram"
    And the failure may pass by itself
    And this is recorded:
      | event                  | severity | requested_bytes | available_bytes | reason            |
      | vram_allocation_failed | WARNING  | 1               | 0               | insufficient_vram |
    And the worker is "ready"
    When the worker releases shard "b"
    And the worker seals "2 MiB" as shard "e"
    Then shard "e" is sealed
    And the resident shards are "a, c, d, e"
    And every resident shard verifies
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: The account of memory adds up at every step
    Given a GPU with "16 MiB" of free memory
    And a sealed shard "a" of "3 MiB"
    And a sealed shard "b" of "1 byte"
    Then the worker holds "6 MiB" of GPU memory
    And the GPU has "10 MiB" of free memory left
    When the worker releases shard "a"
    Then the worker holds "2 MiB" of GPU memory
    And the GPU has "14 MiB" of free memory left
    When the worker closes
    Then the log tells, in this order:
      | event            | used_bytes | remaining_used | freed_bytes | reason         |
      | vram_allocated   | 4 MiB      |                |             |                |
      | vram_sealed      |            |                |             |                |
      | vram_allocated   | 6 MiB      |                |             |                |
      | vram_sealed      |            |                |             |                |
      | vram_deallocated |            | 2 MiB          | 4 MiB       | released       |
      | vram_deallocated |            | 0              | 2 MiB       | manager_closed |

  Scenario: A budget holds even if the GPU has room
    Given a worker with a budget of "4 MiB"
    And a sealed shard "a" of "2 MiB"
    When the worker seals "3 MiB" as shard "b"
    Then it fails with "INSUFFICIENT_VRAM" because of "budget_exceeded"
    And this is recorded:
      | event                  | severity | requested_bytes | available_bytes | reason          |
      | vram_allocation_failed | WARNING  | 3 MiB           | 2 MiB           | budget_exceeded |
    When the worker seals "2 MiB" as shard "c"
    Then shard "c" is sealed

  Scenario: Memory that another process took in the meantime is the driver's refusal
    Given the GPU has no memory left for the next "allocate"
    When the worker seals "1 MiB" as shard "a"
    Then it fails with "INSUFFICIENT_VRAM" because of "driver_out_of_memory"
    And this is recorded:
      | event                  | severity | requested_bytes | available_bytes | reason               |
      | vram_allocation_failed | WARNING  | 1 MiB           | 1 GiB           | driver_out_of_memory |
    And the worker holds "0 bytes" of GPU memory
    When the worker seals "2 MiB" as shard "b"
    Then shard "b" is sealed
