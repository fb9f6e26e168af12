Feature: A model lies in GPU memory and nowhere else
  Before anything is loaded, the policy judges the GPU; before anything is written, it judges the memory that was
  allocated. A violation is recorded as CRITICAL and stops the worker. What is not known is a violation too: nobody can
  vouch for it.

  Scenario Outline: A GPU that the policy refuses is not used
    Given a GPU that reports "<facts>"
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "<violation>"
    And this is recorded:
      | event            | severity | policy    | action_taken   | details   |
      | policy_violation | CRITICAL | vram_only | worker_stopped | some text |
    And the record names the violation "<violation>"
    And the worker holds "0 bytes" of GPU memory
    And the worker is "stopped"
    And the worker tells its listeners "stopped" because of "policy_violation"
    And the worker tells its listeners of the violation "<violation>"

    Examples:
      | facts                              | violation                 |
      | {'integrated':true}                | unified_memory_detected   |
      | {'computeCapability':'7.0'}        | invalid_device_properties |
      | {'totalBytes':1073741823}          | invalid_device_properties |
      | {'eccUncorrectedVolatile':1}       | invalid_device_properties |
      | {'eccUncorrectedAggregate':3}      | invalid_device_properties |
      | {'remappingFailed':true}           | invalid_device_properties |

  Scenario Outline: A GPU of which a fact is unknown is not used
    Given a GPU that does not say its "<fact>"
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "<violation>"
    And the record names the violation "<violation>"
    And the worker holds "0 bytes" of GPU memory
    And the worker is "stopped"

    Examples:
      | fact                    | violation                 |
      | integrated              | unified_memory_detected   |
      | totalBytes              | invalid_device_properties |
      | eccEnabled              | invalid_device_properties |
      | eccUncorrectedVolatile  | invalid_device_properties |
      | eccUncorrectedAggregate | invalid_device_properties |
      | remappingFailed         | invalid_device_properties |

  @over-simulated
  Scenario: A GPU whose compute capability is unknown is refused by the policy, where a backend opens it at all
    Given a GPU that does not say its "computeCapability"
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "invalid_device_properties"
    And the record names the violation "invalid_device_properties"
    And the worker is "stopped"

  @over-stand-in
  Scenario: The CUDA backend does not open a GPU whose compute capability is unknown, for it knows no kernel for it
    Given a GPU that does not say its "computeCapability"
    When the worker seals "1 MiB" as shard "model"
    Then it fails with "DEVICE_FAILED"

  Scenario Outline: Memory that is not the GPU's own is given back before a byte is written
    Given a GPU whose allocations report "<facts>"
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "unified_memory_detected"
    And this is recorded:
      | event            | severity | violation               | policy    | reason      | freed_bytes | zeroed |
      | vram_allocated   | INFO     |                         |           |             |             |        |
      | policy_violation | CRITICAL | unified_memory_detected | vram_only |             |             |        |
      | vram_deallocated | INFO     |                         |           | seal_failed | 2 MiB       | true   |
    And not a byte was written to the GPU
    And the worker holds "0 bytes" of GPU memory
    And the worker is "stopped"

    Examples:
      | facts                                   |
      | {'memoryType':'managed','managed':true} |
      | {'memoryType':'managed'}                |
      | {'managed':true}                        |
      | {'memoryType':'host'}                   |

  Scenario Outline: Memory of which it is unknown where it lies is given back before a byte is written
    Given a GPU whose allocations do not say their "<fact>"
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "unified_memory_detected"
    And the record names the violation "unified_memory_detected"
    And not a byte was written to the GPU
    And the worker holds "0 bytes" of GPU memory
    And the worker is "stopped"

    Examples:
      | fact       |
      | memoryType |
      | managed    |

  Scenario: A GPU with several faults is told all of them
    Given a GPU that reports "{'integrated':true,'computeCapability':'6.1','remappingFailed':true}"
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "unified_memory_detected"
    And this is recorded:
      | event            | violation                 |
      | policy_violation | invalid_device_properties |
      | policy_violation | invalid_device_properties |
      | policy_violation | unified_memory_detected   |

  Scenario: A simulated GPU is refused unless the worker's developer allows it
    Given a worker with the policy as it is by default
    When the worker seals "1 MiB" as shard "model"
    Then the policy refuses it for "invalid_device_properties"
    And the record names the violation "invalid_device_properties"
    And the worker is "stopped"

  Scenario: A discrete GPU that could do managed memory is no violation
    Given a GPU that reports "{'managedMemory':true,'concurrentManagedAccess':true,'pageableMemoryAccess':true}"
    When the worker seals "1 MiB" as shard "model"
    Then shard "model" is sealed

  Scenario: A GPU without ECC has no ECC errors to count
    Given a GPU that reports "{'eccEnabled':false,'eccUncorrectedVolatile':null,'eccUncorrectedAggregate':null}"
    When the worker seals "1 MiB" as shard "model"
    Then shard "model" is sealed

  Scenario: A rule that only warns is recorded, and the worker goes on
    Given a GPU that reports "{'computeCapability':'8.0'}"
    And a worker with a policy that warns below the compute capability "9.0"
    When the worker seals "1 MiB" as shard "model"
    Then shard "model" is sealed
    And this is recorded:
      | event            | severity | policy     | violation                 | action_taken |
      | policy_violation | WARNING  | house_rule | invalid_device_properties | logged       |
      | vram_allocated   | INFO     |            |                           |              |
      | vram_sealed      | INFO     |            |                           |              |
    And the worker tells its listeners of the violation "invalid_device_properties"
    And the worker is "ready"
