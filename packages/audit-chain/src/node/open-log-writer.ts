import { resolve } from 'node:path';
import { equalBytes, toHex, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { isOrigin, isWorkerId, type LogIdentity } from '../identity.js';
import type { JsonValue } from '../json/profile.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import type { Checkpoint } from '../note/checkpoint.js';
import { segmentName } from '../segment-name.js';
import { IDENTITY_FILE } from '../source/log-source.js';
import { AnchorSet } from './anchor/anchor-set.js';
import type { AuditLogOptions } from './audit-log-options.js';
import { Checksums } from './checksums.js';
import type { Clock } from './clock.js';
import { comparePublished } from './compare-published.js';
import { createLog, type Foundation } from './create-log.js';
import { DiskReserve } from './disk-reserve.js';
import { isDiskFull, systemCode } from './error-code.js';
import { type FileTask, makeDirectory, readDirectory, replaceFile, write } from './file-operation.js';
import { KeyStore } from './key-store.js';
import type { DirectoryLock, lockDirectory } from './lock.js';
import { listSegments, readIdentity } from './log-directory.js';
import { LogWriter } from './log-writer.js';
import { nodeHashes } from './node-hashes.js';
import { removeUnfinishedArchives } from './plan-retention.js';
import { readPieces } from './read-pieces.js';
import type { RecordBuffer } from './record-buffer.js';
import { RecordChain } from './record-chain.js';
import { type Recovery, recover } from './recovery.js';
import { retentionPolicy } from './retention-policy.js';
import { type OpenSegment, SegmentFile } from './segment-file.js';
import { runTask, type TaskRunner } from './task-runner.js';
import { uniqueSuffix } from './unique-suffix.js';
import { type WriterSettings, writerSettings } from './writer-options.js';

/** A log that is locked, recovered, and ready for records. */
export interface OpenedLog {
  readonly directory: string;
  readonly identity: LogIdentity;
  readonly settings: WriterSettings;
  readonly chain: RecordChain;
  readonly writer: LogWriter;
  readonly lock: DirectoryLock;
  readonly reserve: DiskReserve;
  readonly anchors: AnchorSet;
}

interface Parts {
  readonly directory: string;
  readonly settings: WriterSettings;
  readonly keyStore: KeyStore;
  readonly lock: DirectoryLock;
  readonly reserve: DiskReserve;
}

interface Services {
  readonly clock: Clock;
  readonly buffer: RecordBuffer;
  readonly runner: TaskRunner;
  readonly lockDirectory: typeof lockDirectory;
  /** Told of what fails without ending the writer. */
  readonly onError: (error: AuditError) => void;
}

/** Locks the directory, creates or recovers the log, and records that it was opened. */
export async function openLogWriter(options: AuditLogOptions, services: Services): Promise<OpenedLog> {
  assertOptions(options);
  const settings = writerSettings(options.flush, options.checkpoint, options.rotation, options.reserveBytes);
  const directory = resolve(options.dir);
  let lock: DirectoryLock | undefined;
  try {
    await runTask(services.runner, makeDirectory(directory, 0o777));
    lock = await services.lockDirectory(directory, options.networkFileSystem);
    const keyDirectory = resolve(options.keyDir ?? `${directory}.keys`);
    const keyStore = new KeyStore(keyDirectory, uniqueSuffix);
    const foundation = await runTask(services.runner, lay(directory, options, keyStore, services.clock));
    const { clock, onError } = services;
    const reserve = new DiskReserve(directory, keyDirectory, settings.reserveBytes, clock, onError);
    await runTask(services.runner, reserve.take());
    const parts = { directory, settings, keyStore, lock, reserve };
    return await runTask(services.runner, reserve.guard(open(parts, foundation, options, services)));
  } catch (error) {
    await services.runner.settled();
    await lock?.release();
    if (error instanceof AuditError || error instanceof TypeError || error instanceof RangeError) throw error;
    if (isDiskFull(error)) {
      throw new AuditError('DISK_FULL', `There is no room to open the log in ${directory}`, { cause: error });
    }
    throw new AuditError('WRITER_FAILED', `The log in ${directory} cannot be opened${systemCode(error)}`, {
      cause: error,
    });
  }
}

function assertOptions(options: AuditLogOptions): void {
  const { workerId, originPrefix, rootKey, secret, retention, continues } = options;
  retentionPolicy(retention);
  if (typeof workerId !== 'string' || !isWorkerId(workerId)) {
    throw new TypeError('Expected workerId to match [A-Za-z0-9._:-]{1,128}');
  }
  if (originPrefix !== undefined && !isOrigin(`${originPrefix}/0123456789abcdef`)) {
    throw new TypeError('Expected originPrefix to be at most 238 visible ASCII characters without +');
  }
  if (rootKey !== undefined && rootKey.length !== 32) {
    throw new RangeError(`Expected rootKey to have 32 bytes but received ${rootKey.length}`);
  }
  if (continues !== undefined && (!isOrigin(continues.origin) || continues.rootHash.length !== 32)) {
    throw new TypeError('Expected continues to be a checkpoint: origin, treeSize and rootHash');
  }
  if (rootKey !== undefined && secret !== undefined) {
    throw new TypeError('Expected rootKey or secret but received both');
  }
}

function* lay(
  directory: string,
  options: AuditLogOptions,
  keyStore: KeyStore,
  clock: Clock,
): FileTask<Foundation> {
  const identity = yield* readIdentity(directory);
  if (identity === undefined) {
    if ((yield* listSegments(directory)).length > 0) {
      throw new AuditError('LOG_DAMAGED', `${directory} has segments but no ${IDENTITY_FILE}`);
    }
    return yield* createLog(directory, options, keyStore, clock);
  }
  if (identity.workerId !== options.workerId) {
    throw new AuditError(
      'IDENTITY_CONFLICT',
      `The log is of worker ${identity.workerId}, not ${options.workerId}`,
    );
  }
  const signer = options.signer ?? (yield* keyStore.readSigner(identity.origin));
  if (!equalBytes(signer.publicKey, parseVerifierKey(identity.vkey).publicKey)) {
    throw new AuditError(
      'IDENTITY_CONFLICT',
      'The signer’s key is not the log’s; another key means another log',
    );
  }
  const key = yield* keyStore.readState(identity.origin);
  const recovery = yield* recover(directory, identity, key, nodeHashes);
  if (options.lastPublished !== undefined) {
    const { size } = recovery.position.tree;
    yield* comparePublished(directory, options.lastPublished, identity, size, nodeHashes);
  }
  yield* keyStore.removeUnfinished();
  yield* keyStore.settle();
  yield* removeUnfinishedArchives(directory);
  return { identity, signer, key, recovery };
}

function* open(
  { directory, settings, keyStore, lock, reserve }: Parts,
  { identity, signer, key, recovery }: Foundation,
  options: AuditLogOptions,
  services: Services,
): FileTask<OpenedLog> {
  const { position, tornBytes } = recovery;
  const isNewLog = position.tree.size === 0;
  const segment = yield* openSegment(directory, recovery);
  const chain = new RecordChain(nodeHashes, identity.workerId, position, key);
  const verifierKey = parseVerifierKey(identity.vkey);
  const { clock, buffer, onError } = services;
  const anchors = new AnchorSet(options.anchors ?? [], { directory, verifierKey, onError });
  const opensSegment = segment.sizeBytes === 0 && !isNewLog;
  const rootKind = recovery.rootKind ?? (options.secret === undefined ? 'random' : 'secret');
  const opening = { seq: chain.size + (opensSegment ? 1 : 0), rootKind };
  const parts = {
    directory,
    verifierKey,
    signer,
    keyStore,
    chain,
    segment,
    buffer,
    settings,
    clock,
    reserve,
    anchors,
    opening,
  };
  const writer = new LogWriter({ ...parts, uniqueSuffix, onError });
  const reason = tornBytes > 0 ? 'recovered' : isNewLog ? 'created' : 'resumed';
  try {
    if (opensSegment) yield* writer.openSegment();
    yield* writer.writeOwn('log_opened', 'INFO', {
      reason,
      origin: identity.origin,
      vkey: identity.vkey,
      root_kind: rootKind,
      discarded_bytes: tornBytes,
      ...(isNewLog && options.continues !== undefined ? { continues: linkTo(options.continues) } : {}),
    });
  } catch (error) {
    yield* writer.abandon();
    throw error;
  }
  return { directory, identity, settings, chain, writer, lock, reserve, anchors };
}

function linkTo({ origin, treeSize, rootHash }: Checkpoint): JsonValue {
  return { origin, tree_size: treeSize, root_hash: toHex(rootHash) };
}

/** Opens the segment that goes on; a torn tail is kept aside, then cut; a missing LF is added. */
function* openSegment(directory: string, recovery: Recovery): FileTask<SegmentFile> {
  const { segment: found, position, tornBytes, lacksLf } = recovery;
  if (found === undefined) return yield* SegmentFile.create(directory, position.tree.size);
  if (tornBytes > 0) yield* keepTorn(directory, found, position.tree.size);
  yield* new Checksums(directory, uniqueSuffix).remove(found.firstSeq);
  const segment = yield* SegmentFile.resume(directory, found);
  try {
    if (tornBytes > 0) yield* segment.cut();
    yield* segment.renew(found.durableBytes);
    if (lacksLf) {
      yield* segment.append(utf8('\n'), found.day as string);
      yield* segment.sync();
    }
  } catch (error) {
    yield* segment.abandon();
    throw error;
  }
  return segment;
}

/** Copies what lies after the records that verify to `torn-<seq>.bin`. */
function* keepTorn(directory: string, segment: OpenSegment, seq: number): FileTask<void> {
  const taken = new Set(yield* readDirectory(directory));
  const name = taken.has(`torn-${seq}.bin`) ? `torn-${seq}-${uniqueSuffix()}.bin` : `torn-${seq}.bin`;
  const source = `${directory}/${segmentName(segment.firstSeq)}`;
  const copy = function* (fd: number): FileTask<void> {
    yield* readPieces(source, segment.sizeBytes, function* (piece, position) {
      yield* write(fd, piece, position - segment.sizeBytes);
      return true;
    });
  };
  yield* replaceFile(directory, name, copy, { mode: 0o644, suffix: uniqueSuffix() });
}
