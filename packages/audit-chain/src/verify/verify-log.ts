import { plainRecordEngine } from '../engine/plain-record-engine.js';
import type { RecordEngine } from '../engine/record-engine.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { deriveRootKey } from '../keys/epoch-keys.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import type { Checkpoint } from '../note/checkpoint.js';
import { gatherPieces } from '../source/gather-pieces.js';
import { LineBatches } from '../source/line-batches.js';
import type { LogSource, SegmentSource } from '../source/log-source.js';
import { allAnchors, readAnchors } from './anchors.js';
import { BatchVerifier } from './batch-verifier.js';
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
  /**
   * Scans and hashes the records, many in one call: that of `@vram-residency/cuda-backend` or `@vram-residency/seal-crypto`.
   * Several verifications may share one. Default: the plain one, with `hashes`.
   */
  readonly engine?: RecordEngine;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerificationProgress) => void;
  /** Most epochs whose keys are derived; default 2^26. Beyond it no MAC is checked. */
  readonly maxEpochs?: number;
}

const MAX_EPOCHS = 2 ** 26;
/** Smaller pieces of a segment are joined to this size. */
const PIECE_BYTES = 262_144;
/** Most bytes that are scanned and hashed in one call. */
const BATCH_BYTES = 1_048_576;

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
  const { vkey, signal, hashes = nobleHashes, engine = plainRecordEngine(hashes) } = options;
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
    const verifier = new RecordVerifier({ hashes, engine, identity, givenKey, keys, defects, wantedSizes });
    const batches = new BatchVerifier({ engine, verifier, keys, workerId: identity.workerId, signal });
    await readSegments(segments, verifier, batches, engine, options);
    judgeSuccessors(successors, identity.origin, verifier, defects);
    const trust = { rootKey: keys !== undefined, vkey: givenKey !== undefined };
    const conclusion = conclude(verifier, anchors, trust, defects);
    return { ...conclusion, origin: identity.origin ?? null, segments: segments.length, engine: engine.name };
  } finally {
    keys?.destroy();
  }
}

async function readSegments(
  segments: readonly SegmentSource[],
  verifier: RecordVerifier,
  batches: BatchVerifier,
  engine: RecordEngine,
  { signal, onProgress }: VerifyOptions,
): Promise<void> {
  const totalBytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const batchBytes = Math.min(BATCH_BYTES, engine.maxBatchBytes);
  let readBytes = 0;
  for (const segment of segments) {
    const split = new LineBatches(batchBytes);
    const bytesAfter = readBytes + segment.sizeBytes;
    let corruption: AuditError | undefined;
    verifier.beginSegment(segment);
    try {
      for await (const chunk of gatherPieces(segment.read(), Math.min(PIECE_BYTES, batchBytes))) {
        signal?.throwIfAborted();
        for (const { lines, line } of split.push(chunk)) {
          const pending = lines === undefined ? verifier.line(line, signal) : batches.verify(lines);
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
    verifier.endSegment(split.rest(), segment === segments.at(-1), corruption);
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
