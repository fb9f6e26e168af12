export const SEAL_USAGE = `Usage: vram-residency seal FILE... [--device N|sim] [--digest ALG] [--expect DIGEST]
                                [--audit-dir DIR] [--worker-id ID] [--token-file F]
                                [--secret-file F | --root-key-file F] [--capacity BYTES]
                                [--verify] [--hold [--scrub RATE]] [--json]

Loads each file into device memory, seals it, records it in the audit log, and prints the seals. At the end the
shards are released and the log is closed. If anything fails, nothing stays sealed and nothing is printed as sealed.

  --device N|sim      sim (default) is the simulated device: process memory, no GPU is involved, and seals say so
  --digest ALG        the digest of the seal: blake3 (default) or sha256-fsverity
  --expect DIGEST     what the one file must be: sha256:…, blake3:…, sha256-fsverity:…; without prefix --digest's
  --audit-dir DIR     the log; default vram-residency-audit in the working directory; made if need be
  --worker-id ID      default: the log's, for a new log the host's name
  --token-file F      the worker's token, at least 16 bytes, in a file of mode 0600
  --secret-file F     the secret that a new log's root key is derived from, in a file of mode 0600
  --root-key-file F   a new log's root key, 64 hex digits, in a file of mode 0600
  --capacity BYTES    memory of the simulated device, a whole number of bytes; default 8 GiB
  --verify            verifies every seal again, in place, once all are made
  --hold              keeps the shards resident and verifies them in the background, until SIGINT or SIGTERM
  --scrub RATE        bytes that --hold verifies a second: 500000, 64M, 64MiB/s, 1G; K, M, G count 1024; default 64M
  --json              one JSON document on standard output, with --hold at its end:
                      {"seals":[…],"verified":true|false|null,"audit":{"dir","origin","vkey","tree_size"}}

Example:
  head -c 32 /dev/urandom | base64 > token && chmod 600 token
  vram-residency seal model.safetensors --token-file token --audit-dir audit --verify

Environment variables:
  VRAM_RESIDENCY_TOKEN          the worker's token, unless --token-file is given
  VRAM_RESIDENCY_AUDIT_SECRET   the log's secret, unless --secret-file or --root-key-file is given
A new log with neither secret nor root key gets a random root key, which is printed once on standard error.

Exit codes: 0 sealed, and verified if asked; 2 usage or unreadable input; 10 the log was tampered with; 13 a seal
that does not verify, or content that was not expected; 14 refused by policy; 15 not enough memory; 1 everything else,
a signal before the work was done included.
`;
