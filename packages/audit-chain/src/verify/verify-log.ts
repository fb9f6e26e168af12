import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { deriveRootKey } from '../keys/epoch-keys.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import type { Checkpoint } from '../note/checkpoint.js';
import { LineReader } from '../source/line-reader.js';
import type { LogSource, SegmentSource } from '../source/log-source.js';
import { allAnchors, readAnchors } from './anchors.js';
import { conclude } from './conclude.js';
import { judgeSuccessors } from './continuation.js';
import { DefectList } from './defect-list.js';
import { EpochKeyChain, TooManyEpochs } from './epoch-key-chain.js';
import { readIdentity } from './log-identity.js';
import { RecordVerifier } from './record-verifier.js';
import type { VerificationResult } from './verification-result.js';

/** Told while a log is read. */
export interface VerificationProgress {
  readonly readBytes: number;
  readonly totalBytes: number;
}

export interface VerifyOptions {
  /** E[0] of the log, 32 bytes: MACs are checked. */
  readonly rootKey?: Uint8Array;
  /** The secret that the root key was derived from; not used where `rootKey` is given. */
  readonly secret?: string | Uint8Array;
  /** C2SP verifier key, from someone you trust. */
  readonly vkey?: string;
  /** Checkpoints of this log that were kept elsewhere, as text. */
  readonly anchors?: readonly string[];
  /** What later logs say that they continue (`readContinuation`): this log must end there. */
  readonly successors?: readonly Checkpoint[];
  /** Default: noble. */
  readonly hashes?: HashProvider;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerificationProgress) => void;
  /** Most epochs whose keys are derived; default 2^26. Beyond it no MAC is checked. */
  readonly maxEpochs?: number;
}

const MAX_EPOCHS = 2 ** 26;

/**
 * Verifies a log (format page, section 7), streaming: memory does not grow with the log.
 *
 * @throws {@link AuditError} `UNKNOWN_FORMAT`, `INVALID_KEY`, `INVALID_NOTE` for unusable input; whatever the
 *   source throws; the signal's reason
 * @throws RangeError if `rootKey` has not 32 bytes
 */
export async function verifyLog(source: LogSource, options: VerifyOptions = {}): Promise<VerificationResult> {
  try {
    return await verifyOnce(source, options);
  } catch (error) {
    if (!(error instanceof TooManyEpochs)) throw error;
    const { rootKey: _rootKey, secret: _secret, ...keyless } = options;
    return verifyOnce(source, keyless);
  }
}

async function verifyOnce(source: LogSource, options: VerifyOptions): Promise<VerificationResult> {
  const { vkey, signal, hashes = nobleHashes } = options;
  const defects = new DefectList();
  const givenKey = vkey === undefined ? undefined : parseVerifierKey(vkey);
  // The checkpoint is read before the records: it never is ahead of those that a live writer has by then.
  const malformed = (): void => defects.addWhole('IDENTITY_MISMATCH', 'log.json is malformed');
  const identity = await readIdentity(source, givenKey, malformed, signal);
  const anchors = await readAnchors(source, options.anchors ?? [], givenKey ?? identity.ownKey);
  const segments = await source.segments();
  const { successors = [] } = options;
  const wantedSizes = new Set([...allAnchors(anchors), ...successors].map(({ treeSize }) => treeSize));
  const keys = keyChain(options, hashes, identity.origin);
  try {
    const verifier = new RecordVerifier({ hashes, identity, givenKey, keys, defects, wantedSizes });
    await readSegments(segments, verifier, options);
    judgeSuccessors(successors, identity.origin, verifier, defects);
    const trust = { rootKey: keys !== undefined, vkey: givenKey !== undefined };
    const conclusion = conclude(verifier, anchors, trust, defects);
    return { ...conclusion, origin: identity.origin ?? null, segments: segments.length };
  } finally {
    keys?.destroy();
  }
}

async function readSegments(
  segments: readonly SegmentSource[],
  verifier: RecordVerifier,
  { signal, onProgress }: VerifyOptions,
): Promise<void> {
  const totalBytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let readBytes = 0;
  for (const segment of segments) {
    const lines = new LineReader();
    const bytesAfter = readBytes + segment.sizeBytes;
    let corruption: AuditError | undefined;
    verifier.beginSegment(segment);
    try {
      for await (const chunk of segment.read()) {
        signal?.throwIfAborted();
        for (const line of lines.push(chunk)) {
          const pending = verifier.line(line, signal);
          if (pending !== undefined) await pending;
        }
        // What is read of a compressed segment is more than what lies on the disk.
        readBytes = Math.min(readBytes + chunk.length, bytesAfter);
        onProgress?.({ readBytes, totalBytes });
      }
    } catch (error) {
      if (!(error instanceof AuditError) || error.code !== 'CORRUPT_SEGMENT') throw error;
      corruption = error;
    }
    verifier.endSegment(lines.rest(), segment === segments.at(-1), corruption);
  }
}

function keyChain(
  { rootKey, secret, maxEpochs = MAX_EPOCHS }: VerifyOptions,
  hashes: HashProvider,
  origin: string | undefined,
): EpochKeyChain | undefined {
  if (rootKey !== undefined) {
    if (rootKey.length !== 32) {
      throw new RangeError(`Expected rootKey to have 32 bytes but received ${rootKey.length}`);
    }
    return new EpochKeyChain(hashes, rootKey, maxEpochs);
  }
  if (secret === undefined) return undefined;
  if (origin === undefined) {
    throw new AuditError('INVALID_KEY', 'A secret needs the log’s origin, which nothing names: give a vkey');
  }
  const derived = deriveRootKey(secret, origin);
  const keys = new EpochKeyChain(hashes, derived, maxEpochs);
  derived.fill(0);
  return keys;
}
