Feature: Refusing invalid input without a trace
  What a caller gets wrong is refused before anything happens: no memory is taken, nothing is recorded, and the worker
  goes on. What was refused is not repeated in the error.

  # Control characters and backslashes are written as JSON writes them.
  Scenario Outline: A name with anything but letters, digits, _ and - is refused
    When the worker seals a shard under the name "<name>"
    Then it is refused as the caller's mistake about "shardId"
    And the error does not repeat "<name>"
    And nothing is recorded
    And the worker holds "0 bytes" of GPU memory
    And the worker is "ready"

    Examples:
      | name                 |
      | ../../etc/passwd     |
      | ..                   |
      | models/llama         |
      | C:\\models\\llama    |
      | model\u0000.bin      |
      | \u0000               |
      | model\nforged record |
      | model\u001b[31mred   |
      | model\u0085x         |
      | model\u202egnp       |
      | @#$%                 |
      | model name           |
      | modèle               |

  Scenario: An empty name is refused
    When the worker seals a shard under the name ""
    Then it is refused as the caller's mistake about "shardId"
    And nothing is recorded

  Scenario: A name of 257 characters is refused
    When the worker seals a shard under a name of 257 characters
    Then it is refused as the caller's mistake about "shardId"
    And nothing is recorded

  Scenario: A name of 256 characters is taken
    When the worker seals a shard under a name of 256 characters
    Then it succeeds

  Scenario Outline: A shard of size zero is refused, wherever it comes from
    When the worker seals an empty shard that comes from "<source>"
    Then it is refused as the caller's mistake about "source"
    And nothing is recorded
    And the worker is "ready"

    Examples:
      | source   |
      | a file   |
      | memory   |
      | a Blob   |
      | a stream |

  Scenario Outline: Options of a seal that make no sense are refused
    When the worker seals a shard with the options "<options>"
    Then it is refused as the caller's mistake about "<argument>"
    And nothing is recorded
    And the worker holds "0 bytes" of GPU memory

    Examples:
      | options                              | argument    |
      | {'shardId':7}                        | shardId     |
      | {'digest':'sha256'}                  | digest      |
      | {'digest':'md5'}                     | digest      |
      | {'modelRef':''}                      | modelRef    |
      | {'modelRef':'llama\nforged'}         | modelRef    |
      | {'shardIndex':0}                     | totalShards |
      | {'shardIndex':4,'totalShards':4}     | shardIndex  |
      | {'shardIndex':-1,'totalShards':4}    | shardIndex  |
      | {'shardIndex':0.5,'totalShards':4}   | shardIndex  |
      | {'totalShards':0}                    | totalShards |
      | {'traceId':'trace\u0000'}            | traceId     |
      | {'jobId':''}                         | jobId       |
      | {'actor':7}                          | actor       |
      | {'signal':{}}                        | signal      |
      | {'onProgress':'yes'}                 | onProgress  |

  Scenario Outline: An approved digest that is none is refused
    When the worker seals a shard with the options "<options>"
    Then it fails with "MALFORMED_DIGEST"
    And nothing is recorded
    And the worker holds "0 bytes" of GPU memory

    Examples:
      | options                    |
      | {'expected':'sha256:beef'} |
      | {'expected':'md5:00'}      |
      | {'expected':''}            |

  Scenario Outline: A worker is not set up with options that make no sense
    When a worker is set up with the options "<options>"
    Then it is refused as the caller's mistake about "<argument>"
    And the error does not repeat "gpu 0"

    Examples:
      | options                      | argument      |
      | {'gpuDevice':-1}             | gpuDevice     |
      | {'gpuDevice':0.5}            | gpuDevice     |
      | {'gpuDevice':'0'}            | gpuDevice     |
      | {'workerId':'gpu 0'}         | workerId      |
      | {'workerId':''}              | workerId      |
      | {'budgetBytes':0}            | budgetBytes   |
      | {'maxModelBytes':0}          | maxModelBytes |
      | {'auditMode':'never'}        | auditMode     |

  Scenario: A device that does not exist is not opened
    When a worker is set up with the options "{'gpuDevice':7}"
    Then it fails with "NO_SUCH_DEVICE"

  Scenario: A token of 15 bytes is not long enough, and is not repeated
    When a worker is set up with the options "{'workerToken':'fifteen bytes !'}"
    Then it fails with "TOKEN_TOO_SHORT"
    And the error does not repeat "fifteen bytes !"

  Scenario: An audit log that is required must be given
    When a worker is set up with the options "{'auditMode':'required'}"
    Then it is refused as the caller's mistake about "auditLog"
