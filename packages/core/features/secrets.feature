Feature: Secrets are shown nowhere
  Whoever reads a worker's errors, events, records, objects or log learns no credential, no key and no byte of a model.
  Every scenario of every feature is searched at its end; here a worker goes through all that can go wrong first.

  Scenario Outline: No secret is shown anywhere, whatever goes wrong
    Given a worker that lived through everything that can go wrong
    When everything that it showed is gathered
    Then the "<secret>" is found in none of it, as it is, in hex or in base64
    But the same search finds a worker's id in it

    Examples:
      | secret                    |
      | token of gpu-0            |
      | seal key of gpu-0         |
      | auditor's secret of gpu-0 |
      | root key of gpu-0         |
      | epoch secret of gpu-0     |
      | signing key of gpu-0      |
      | model bytes               |

  Scenario: What a worker must keep on disk lies apart from its log, readable by its owner alone
    Given a worker that lived through everything that can go wrong
    Then the keys lie beside the log, in files of the mode 600 in a folder of the mode 700
    And the same search finds the "epoch secret of gpu-0" and the "signing key of gpu-0" in these files

  Scenario: A token that is given as bytes is shown nowhere either
    Given a worker whose token is 32 random bytes
    And a worker that lived through everything that can go wrong
    When everything that it showed is gathered
    Then the "token of gpu-0" is found in none of it, as it is, in hex or in base64
    And the "seal key of gpu-0" is found in none of it, as it is, in hex or in base64

  Scenario: A seal shows no device pointer and no address
    Given a sealed shard "model" of "1 MiB"
    Then neither the shard, its JSON nor its inspection shows more than the seal's own fields
