Feature: Verifying in the background
  A worker can go over its memory again and again while it works, at a rate that its developer sets, so that corruption is
  found before anybody asks.

  Scenario: Every resident shard is verified again and again, and the log accounts for it
    Given sealed shards "a, b, c" of "256 KiB" each
    When the worker verifies "1 GiB" per second in the background
    Then shards "a, b, c" are each verified 3 times
    And the log has "seal_verified" records about the shards "a, b, c"
    And the worker is "ready"

  Scenario: Corruption is found without anybody asking, and stops the worker
    Given sealed shards "a, b" of "256 KiB" each
    And the worker verifies "1 GiB" per second in the background
    When a bit flips in byte "4711" of shard "b"
    Then the worker stops by itself because of "digest_mismatch"
    And the log has one failure, about shard "b"
    And an auditor finds the log whole, with the public key and with the secret

  Scenario: While the worker is stopped nothing is verified in the background; once it recovered it is again
    Given sealed shards "a, b" of "256 KiB" each
    And the worker verifies "1 GiB" per second in the background
    When a bit flips in byte "4711" of shard "b"
    Then the worker stops by itself because of "digest_mismatch"
    And nothing is verified while 150 ms pass
    When the worker releases shard "b"
    And the worker recovers because "the corrupted shard is gone"
    Then shards "a" are each verified 2 times

  Scenario: The rate is kept
    Given a sealed shard "a" of "64 KiB"
    When the worker verifies "1 KiB" per second in the background
    Then the first verification comes at once
    But nothing is verified while 300 ms pass

  Scenario: What is verified in the background can be executed over and released meanwhile
    Given sealed shards "a, b" of "256 KiB" each
    And the worker verifies "1 GiB" per second in the background
    When the worker executes over the shards "a, b"
    Then it was executed
    When the worker releases shard "a"
    Then the release frees "2 MiB"
    And shards "b" are each verified 2 times

  Scenario: It ends when it is told to
    Given a sealed shard "a" of "256 KiB"
    And the worker verifies "1 GiB" per second in the background
    When the background verification is stopped
    Then nothing is verified while 100 ms pass

  Scenario: It ends when the worker is closed
    Given a sealed shard "a" of "256 KiB"
    And the worker verifies "1 GiB" per second in the background
    When the worker closes
    Then nothing is verified while 100 ms pass

  Scenario Outline: A rate that makes no sense is refused
    When the worker is to verify "<rate>" bytes per second in the background
    Then it is refused as the caller's mistake about "bytesPerSecond"

    Examples:
      | rate |
      | 0    |
      | -1   |
      | 0.5  |
      | NaN  |
