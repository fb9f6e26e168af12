Feature: When the GPU fails
  Whatever operation of the GPU fails, and whenever, the caller is told, the log says what became of the memory, and
  what could be undone was undone.

  Scenario Outline: A GPU that fails while sealing leaves no shard and no memory behind
    Given the GPU fails the next "<operation>"
    When the worker seals "3 MiB" as shard "model"
    Then it fails with "DEVICE_FAILED"
    And its cause is a DeviceError
    And this is recorded:
      | event            | severity | shard_id | reason      | zeroed | remaining_used |
      | vram_allocated   | INFO     |          |             |        |                |
      | vram_deallocated | INFO     | model    | seal_failed | true   | 0              |
    And the worker holds "0 bytes" of GPU memory
    And the worker is "ready"
    When the worker seals "2 MiB" as shard "model"
    Then shard "model" is sealed

    Examples:
      | operation |
      | write     |
      | digest    |
      | protect   |

  Scenario: On a machine without a GPU driver no worker starts, and none is simulated
    Given a machine without a GPU driver
    When a worker is started without saying what reaches the GPU
    Then it fails with "BACKEND_ABSENT"
    And its cause is a DeviceError

  Scenario: A GPU that does not give memory is recorded as having failed
    Given the GPU fails the next "allocate"
    When the worker seals "3 MiB" as shard "model"
    Then it fails with "DEVICE_FAILED" because of "device_error"
    And its cause is a DeviceError
    And this is recorded:
      | event                  | severity | requested_bytes | available_bytes | reason       |
      | vram_allocation_failed | WARNING  | 3 MiB           | 1 GiB           | device_error |

  Scenario: A GPU that does not say how much memory it has is given nothing to hold
    Given the GPU fails the next "memory"
    When the worker seals "3 MiB" as shard "model"
    Then it fails with "DEVICE_FAILED" because of "device_error"
    And its cause is a DeviceError
    And this is recorded:
      | event                  | severity | requested_bytes | available_bytes | reason       |
      | vram_allocation_failed | WARNING  | 3 MiB           | null            | device_error |

  Scenario: Memory that could not be wiped is given back all the same, and the record says so
    Given a sealed shard "model" of "3 MiB"
    And the GPU fails the next "zero"
    When the worker releases shard "model"
    Then the release frees "4 MiB" without having wiped them
    And this is recorded:
      | event            | shard_id | freed_bytes | reason   | zeroed |
      | vram_deallocated | model    | 4 MiB       | released | false  |

  Scenario: Memory that could not be given back is still held, and can be released again
    Given a sealed shard "model" of "3 MiB"
    And the GPU fails the next "free"
    When the worker releases shard "model"
    Then it fails with "DEVICE_FAILED"
    And its cause is a DeviceError
    And nothing is recorded
    And the worker holds "4 MiB" of GPU memory
    When the worker is asked to release shard "model"
    Then shard "model" is released
    And this is recorded:
      | event            | shard_id | freed_bytes | remaining_used | reason   |
      | vram_deallocated | model    | 4 MiB       | 0              | released |

  Scenario: A GPU that is lost takes its shards with it, and the log says so
    Given a sealed shard "model" of "3 MiB"
    And the GPU is lost at the next "digest"
    When the worker verifies shard "model"
    Then it fails with "VERIFICATION_FAILED" because of "device_error"
    When the worker closes
    Then this is recorded:
      | event            | shard_id | reason         | zeroed |
      | vram_deallocated | model    | manager_closed | false  |
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: A GPU that cannot be opened makes no worker
    Given the GPU fails the next "open"
    When a worker is started
    Then it fails with "DEVICE_FAILED"
    And its cause is a DeviceError

  Scenario: A worker whose GPU could not be closed is closed, and gives everything back, when it is closed again
    Given a sealed shard "model" of "3 MiB"
    And the GPU fails the next "free"
    And the GPU fails the next "close"
    When the worker closes
    Then it fails with "DEVICE_FAILED"
    And its cause is a DeviceError
    And nothing is recorded
    When the worker is closed again
    Then it succeeds
    And this is recorded:
      | event            | shard_id | freed_bytes | remaining_used | reason         |
      | vram_deallocated | model    | 4 MiB       | 0              | manager_closed |
    And the worker is "closed"
    And an auditor finds the log whole, with the public key and with the secret
