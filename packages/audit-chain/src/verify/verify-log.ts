import { equalBytes } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { LOG_FORMAT, type LogIdentity } from '../identity.js';
import { deriveRootKey } from '../keys/epoch-keys.js';
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { type Checkpoint, openCheckpoint } from '../note/checkpoint.js';
import { EpochKeyChain, TooManyEpochs } from './epoch-key-chain.js';
import { readLines } from './line-reader.js';
import type { LogSource } from './log-source.js';
import { RecordVerifier } from './record-verifier.js';
import { type Defect, DefectList, EXIT_CODES, type VerificationStatus } from './verdict.js';

export interface VerifyOptions {
  /** E[0] of the log, 32 bytes: MACs are checked. */
  readonly rootKey?: Uint8Array;
  /** The secret that the root key was derived from. */
  readonly secret?: string | Uint8Array;
  /** C2SP verifier key, from someone you trust. */
  readonly vkey?: string;
  /** Checkpoints of this log that were kept elsewhere, as text. */
  readonly anchors?: readonly string[];
  /** Default: noble. */
  readonly hashes?: HashProvider;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly readBytes: number; readonly totalBytes: number }) => void;
  /** Most epochs whose keys are derived; default 2^26. Beyond it no MAC is checked. */
  readonly maxEpochs?: number;
}

/** What verifying a log came to. */
export interface VerificationResult {
  readonly status: VerificationStatus;
  /** 0 verified, 10 tampered, 11 incomplete, 12 rolled back. */
  readonly exitCode: number;
  readonly origin: string | null;
  /** Well-formed records read. */
  readonly records: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly segments: number;
  readonly checkpoints: number;
  readonly treeSize: number;
  /** 32 bytes. */
  readonly rootHash: Uint8Array;
  /** Whether the log ends with an orderly close. */
  readonly closed: boolean;
  readonly mac: 'verified' | 'failed' | 'not_checked';
  readonly keySource: 'given' | 'log';
  /** Number of records at the end that no checkpoint and no anchor covers. */
  readonly tail: number;
  /** The first thousand. */
  readonly defects: readonly Defect[];
  readonly defectCount: number;
  /** Number of records of each type. */
  readonly events: Readonly<Record<string, number>>;
}

/**
 * Verifies a log (format page, section 7), streaming: memory does not grow with the log.
 *
 * @throws {@link AuditError} `UNKNOWN_FORMAT`, `INVALID_KEY`, `INVALID_NOTE` for unusable input; whatever the
 *   source throws; the signal's reason
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
  const hashes = options.hashes ?? nobleHashes;
  const defects = new DefectList();
  const givenKey = options.vkey === undefined ? undefined : parseVerifierKey(options.vkey);
  const identity = readIdentity(source.identity, defects);
  const key = givenKey ?? (identity.vkey === undefined ? undefined : parseVerifierKey(identity.vkey));
  const given = (options.anchors ?? []).map((text) => givenAnchor(text, key));
  const file = fileAnchor(source.checkpoint, key);
  const anchors = file === undefined ? given : [file, ...given];
  const keys = keyChain(options, hashes, identity.origin ?? givenKey?.origin);
  const wantedSizes = new Set(anchors.map(({ treeSize }) => treeSize));
  const verifier = new RecordVerifier({ hashes, keys, identity, givenKey, defects, wantedSizes });
  try {
    await readAll(source, verifier, defects, options);
  } finally {
    keys?.destroy();
  }
  verifier.end();
  if (verifier.records === 0) defects.addWhole('NO_RECORDS', 'The log has no record');
  if (file === undefined && source.checkpoint !== undefined) {
    defects.addWhole('CHECKPOINT_FILE_INVALID', 'The file checkpoint carries no valid signature of the log');
  }
  const covered = Math.max(
    verifier.covered,
    ...anchors.map((anchor) => judgeAnchor(anchor, verifier, defects)),
  );
  const trusted = { rootKey: keys !== undefined, vkey: givenKey !== undefined };
  return conclude(source, verifier, defects, covered, trusted);
}

async function readAll(
  source: LogSource,
  verifier: RecordVerifier,
  defects: DefectList,
  { signal, onProgress }: VerifyOptions,
): Promise<void> {
  const totalBytes = source.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let readBytes = 0;
  for (const [index, segment] of source.segments.entries()) {
    const isNewest = index === source.segments.length - 1;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of segment.read()) {
        signal?.throwIfAborted();
        yield chunk;
        readBytes += chunk.length;
        onProgress?.({ readBytes, totalBytes });
      }
    };
    verifier.beginSegment(segment.name, segment.firstSeq);
    let number = 0;
    for await (const line of readLines(counted())) {
      number++;
      const place = { segment: segment.name, line: number };
      if (line.terminated) verifier.line(place, line, segment.firstSeq);
      else if (!isNewest) verifier.malformed(place, line, 'the line has no LF');
      else
        defects.add({
          reason: 'TORN_TAIL',
          ...place,
          seq: null,
          detail: `${line.sizeBytes} bytes follow the last LF`,
        });
    }
    if (number === 0 && !isNewest) {
      const detail = 'The segment is empty, but not the newest';
      defects.add({ reason: 'MISSING_SEGMENT', segment: segment.name, line: 1, seq: null, detail });
    }
  }
}

function readIdentity(bytes: Uint8Array | undefined, defects: DefectList): Partial<LogIdentity> {
  if (bytes === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    defects.addWhole('IDENTITY_MISMATCH', 'log.json is not JSON');
    return {};
  }
  const { format, origin, worker_id: workerId, vkey } = Object(value) as Record<string, unknown>;
  if (typeof format === 'string' && format !== LOG_FORMAT) {
    throw new AuditError('UNKNOWN_FORMAT', `log.json has another format than ${LOG_FORMAT}`);
  }
  const isSound =
    format === LOG_FORMAT &&
    typeof origin === 'string' &&
    typeof workerId === 'string' &&
    typeof vkey === 'string';
  try {
    if (isSound && parseVerifierKey(vkey).origin === origin) return { origin, workerId, vkey };
  } catch {
    // Told below, with every other way of being malformed.
  }
  defects.addWhole('IDENTITY_MISMATCH', 'log.json is malformed');
  return {};
}

function keyChain(
  options: VerifyOptions,
  hashes: HashProvider,
  origin: string | undefined,
): EpochKeyChain | undefined {
  const { rootKey, secret, maxEpochs = 2 ** 26 } = options;
  if (rootKey !== undefined) return new EpochKeyChain(hashes, rootKey, maxEpochs);
  if (secret === undefined) return undefined;
  if (origin === undefined) {
    throw new AuditError('INVALID_KEY', 'A secret needs the log’s origin: log.json or a verifier key');
  }
  return new EpochKeyChain(hashes, deriveRootKey(secret, origin), maxEpochs);
}

function givenAnchor(text: string, key: VerifierKey | undefined): Checkpoint {
  if (key === undefined) throw new AuditError('INVALID_KEY', 'An anchor needs a verifier key or log.json');
  return openCheckpoint(text, key);
}

function fileAnchor(bytes: Uint8Array | undefined, key: VerifierKey | undefined): Checkpoint | undefined {
  if (bytes === undefined || key === undefined) return undefined;
  try {
    return openCheckpoint(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), key);
  } catch {
    return undefined; // told as CHECKPOINT_FILE_INVALID
  }
}

/** Compares the records with an anchor; returns the size up to which it covers them. */
function judgeAnchor(anchor: Checkpoint, verifier: RecordVerifier, defects: DefectList): number {
  const size = (verifier.last?.seq ?? -1) + 1;
  const root = verifier.roots.get(anchor.treeSize);
  if (size < anchor.treeSize) {
    defects.addWhole(
      'ROLLED_BACK',
      `A checkpoint covers ${anchor.treeSize} records, the log ends after ${size}`,
    );
  } else if (root !== undefined && !equalBytes(root, anchor.rootHash)) {
    defects.addWhole('FORKED', `A checkpoint states another tree of ${anchor.treeSize} records`);
  } else if (anchor.treeSize < (verifier.firstSeq ?? 0)) {
    defects.addWhole(
      'ANCHOR_TOO_OLD',
      `A checkpoint of ${anchor.treeSize} records is older than the first record`,
    );
  } else if (root !== undefined) {
    return anchor.treeSize;
  }
  return 0;
}

function conclude(
  source: LogSource,
  verifier: RecordVerifier,
  defects: DefectList,
  covered: number,
  trusted: { readonly rootKey: boolean; readonly vkey: boolean },
): VerificationResult {
  const { firstSeq = null, last, records } = verifier;
  const lastSeq = last?.seq ?? null;
  const accountsFor = ({ seq, lastSeq: pruned }: { seq: number; lastSeq: number }): boolean =>
    seq < covered && pruned >= (firstSeq ?? 0) - 1;
  if ((firstSeq ?? 0) > 0 && !(trusted.vkey && verifier.prunings.some(accountsFor))) {
    defects.addWhole(
      'UNRECORDED_PRUNING',
      'Older records are gone, and nothing that can be trusted says why',
    );
  }
  const end = lastSeq === null ? 0 : verifier.lastIsValidCheckpoint ? lastSeq : lastSeq + 1;
  const tail = Math.max(0, end - Math.max(covered, firstSeq ?? 0));
  if (tail > 0 && !(trusted.rootKey && !trusted.vkey)) {
    defects.addWhole('UNCOVERED_TAIL', `No checkpoint covers the last ${tail} records`);
  }
  if (!trusted.rootKey && !trusted.vkey) {
    defects.addWhole('UNTRUSTED_KEY', 'The key is the log’s own word: give a vkey or a root key');
  }
  const checked = trusted.rootKey && records > 0;
  return {
    status: defects.status,
    exitCode: EXIT_CODES[defects.status],
    origin: verifier.origin ?? null,
    records,
    firstSeq,
    lastSeq,
    firstTimestamp: verifier.firstTimestamp ?? null,
    lastTimestamp: last?.timestamp ?? null,
    segments: source.segments.length,
    checkpoints: verifier.checkpoints,
    treeSize: verifier.tree.size,
    rootHash: verifier.tree.root(),
    closed: verifier.closed,
    mac: checked ? (verifier.macsFailed > 0 ? 'failed' : 'verified') : 'not_checked',
    keySource: trusted.vkey ? 'given' : 'log',
    tail,
    defects: defects.kept,
    defectCount: defects.count,
    events: Object.fromEntries(verifier.events),
  };
}
