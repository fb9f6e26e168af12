import { randomBytes } from 'node:crypto';
import { toHex } from '../bytes.js';
import { encodeIdentity, type LogIdentity } from '../identity.js';
import { deriveRootKey } from '../keys/epoch-keys.js';
import { type CheckpointSigner, LocalSigner } from '../keys/signing-key.js';
import { formatVerifierKey, makeVerifierKey } from '../keys/verifier-key.js';
import { IDENTITY_FILE } from '../source/log-source.js';
import { formatTimestamp } from '../timestamp.js';
import type { AuditLogOptions } from './audit-log-options.js';
import type { Clock } from './clock.js';
import { type FileTask, replaceFile } from './file-operation.js';
import { KeyState } from './key-state.js';
import type { KeyStore } from './key-store.js';
import { nodeHashes } from './node-hashes.js';
import { startOfChain } from './record-chain.js';
import type { Recovery } from './recovery.js';
import { uniqueSuffix } from './unique-suffix.js';

/** What a log is made of before its writer exists. */
export interface Foundation {
  readonly identity: LogIdentity;
  readonly signer: CheckpointSigner;
  readonly key: KeyState;
  readonly recovery: Recovery;
}

/** Makes keys and identity; the rename of log.json commits the log. */
export function* createLog(
  directory: string,
  options: AuditLogOptions,
  keyStore: KeyStore,
  clock: Clock,
): FileTask<Foundation> {
  const { workerId, originPrefix = `vram-residency/${workerId}` } = options;
  const origin = `${originPrefix}/${randomBytes(8).toString('hex')}`;
  yield* keyStore.prepare();
  yield* keyStore.removeUnfinished();
  yield* keyStore.setAside();
  const secret = rootSecret(options, origin);
  const key = new KeyState(0, secret);
  yield* keyStore.writeState(origin, key);
  let { signer } = options;
  if (signer === undefined) {
    const seed = randomBytes(32);
    signer = new LocalSigner(seed);
    yield* keyStore.writeSigningKey(origin, seed);
    seed.fill(0);
  }
  if (options.secret === undefined && options.rootKey === undefined) {
    const { onRootKey } = options;
    yield { op: 'handOut', handOut: async () => onRootKey?.(toHex(secret)) };
  }
  const vkey = formatVerifierKey(makeVerifierKey(origin, signer.publicKey));
  const identity = { origin, workerId, createdAt: formatTimestamp(clock.wallMicros()), vkey };
  const suffix = uniqueSuffix();
  yield* replaceFile(directory, IDENTITY_FILE, encodeIdentity(identity), { mode: 0o644, suffix });
  const rootKind = options.secret === undefined ? 'random' : 'secret';
  const position = startOfChain(nodeHashes);
  const recovery = { position, segment: undefined, tornBytes: 0, lacksLf: false, rootKind } as const;
  return { identity, signer, key, recovery };
}

/** E[0], in memory that nobody else holds: it is overwritten once the log has moved on. */
function rootSecret({ rootKey, secret }: AuditLogOptions, origin: string): Uint8Array {
  if (secret !== undefined) return deriveRootKey(secret, origin);
  return rootKey === undefined ? randomBytes(32) : Uint8Array.from(rootKey);
}
