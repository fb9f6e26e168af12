import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { equalBytes, fromUtf8, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { CompactTree } from '../merkle/compact-tree.js';
import { openCheckpoint } from '../note/checkpoint.js';
import { chooseCheckpoint, chooseKey, notProvable } from '../proof/choose-checkpoint.js';
import { damaged, readLeaves } from '../proof/log-leaves.js';
import type { CheckpointNote } from '../proof/newest-checkpoint.js';
import {
  CHECKPOINT_FILE,
  IDENTITY_FILE,
  type LogSource,
  MAX_SMALL_FILE_BYTES,
} from '../source/log-source.js';
import { type Tile, TileBuilder } from '../tiles/tile-builder.js';
import type { VerificationResult } from '../verify/verification-result.js';
import { type VerifyOptions, verifyLog } from '../verify/verify-log.js';
import { nodeHashes } from './node-hashes.js';
import { readSmallFile } from './regular-file.js';
import { syncDirectory, writeAtomically } from './write-atomically.js';

/** A bundle of 256 of the longest entries. */
const MAX_TILE_BYTES = 256 * (2 + 65_535);

/** What an export came to. */
export interface TilesExport {
  readonly verification: VerificationResult;
  /** Number of records in the tree; `null` if the log was tampered with or rolled back and nothing was written. */
  readonly treeSize: number | null;
  /** Number of tiles and bundles that were not there before. */
  readonly addedFiles: number;
}

/**
 * Writes a log as a tiled transparency log (C2SP tlog-tiles): `checkpoint`, `tile/<L>/<N>[.p/<W>]` and entry bundles
 * `tile/entries/<N>[.p/<W>]`, the entries being the records' lines without their LF. An export that is there is added
 * to; what lies in it is compared and never overwritten, but for `checkpoint`, which comes last.
 *
 * The log is verified first, the checkpoint of the export that is there taken for an anchor. Nothing is written unless
 * the log is `verified` or `incomplete`.
 *
 * @throws {@link AuditError} `EXPORT_CONFLICT` if the export that is there is of another log or was changed;
 *   `NOT_PROVABLE` if the log has no checkpoint or lacks its first records; `INVALID_PROOF` if it changes meanwhile;
 *   `INVALID_SOURCE` if `directory` is a log; whatever `verifyLog` throws
 */
export async function exportTiles(
  source: LogSource,
  directory: string,
  options: VerifyOptions = {},
): Promise<TilesExport> {
  const { vkey, signal, hashes = nodeHashes, anchors = [] } = options;
  if ((await readOwn(directory, IDENTITY_FILE)) !== undefined) {
    throw new AuditError('INVALID_SOURCE', 'Expected a directory for the export but received that of a log');
  }
  const key = vkey === undefined ? await chooseKey(source, undefined, signal) : parseVerifierKey(vkey);
  const there = await checkpointThere(directory, key);
  const verification = await verifyLog(source, {
    ...options,
    hashes,
    anchors: there === undefined ? anchors : [...anchors, there.text],
  });
  if (verification.status === 'tampered' || verification.status === 'rolled_back') {
    return { verification, treeSize: null, addedFiles: 0 };
  }
  const newest = await chooseCheckpoint(source, options);
  const checkpoint = there !== undefined && there.treeSize > newest.treeSize ? there : newest;
  const segments = await source.segments();
  if (segments[0]?.firstSeq !== 0) {
    throw notProvable('its first records were pruned, and tiles are made of all of them');
  }
  const writer = new TileWriter(directory);
  const tree = new CompactTree(hashes);
  const builder = new TileBuilder(hashes);
  for await (const { index, hash, bytes } of readLeaves(segments, hashes, signal)) {
    if (index >= checkpoint.treeSize) break;
    if (bytes === undefined) throw damaged('a line is longer than any record');
    tree.append(hash);
    for (const tile of builder.append(bytes, hash)) await writer.put(tile);
  }
  if (tree.size !== checkpoint.treeSize || !equalBytes(tree.root(), checkpoint.rootHash)) {
    throw damaged('it changed while it was exported');
  }
  for (const tile of builder.partial()) await writer.put(tile);
  await writer.commit(checkpoint.text);
  return { verification, treeSize: tree.size, addedFiles: writer.addedFiles };
}

async function checkpointThere(directory: string, key: VerifierKey): Promise<CheckpointNote | undefined> {
  const bytes = await readOwn(directory, CHECKPOINT_FILE);
  if (bytes === undefined) return undefined;
  const text = fromUtf8(bytes) ?? '';
  try {
    return { ...openCheckpoint(text, key), text };
  } catch (cause) {
    const message = 'The checkpoint of the export that is there is not one of this log';
    throw new AuditError('EXPORT_CONFLICT', message, { cause });
  }
}

function readOwn(directory: string, name: string): Promise<Uint8Array | undefined> {
  return readSmallFile(join(directory, name), name, MAX_SMALL_FILE_BYTES);
}

/** Adds tiles to a directory. */
class TileWriter {
  readonly #directory: string;
  /** Every directory that got a new name in it. */
  readonly #touched = new Set<string>();
  #addedFiles = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get addedFiles(): number {
    return this.#addedFiles;
  }

  async put({ path, bytes }: Tile): Promise<void> {
    const file = join(this.#directory, path);
    const there = await readSmallFile(file, path, MAX_TILE_BYTES);
    if (there !== undefined) {
      if (equalBytes(there, bytes)) return;
      throw new AuditError(
        'EXPORT_CONFLICT',
        `${path} of the export that is there is not what the log gives`,
      );
    }
    await this.#makeParents(path);
    await writeAtomically(file, (handle) => handle.writeFile(bytes));
    this.#touched.add(dirname(file));
    this.#addedFiles++;
  }

  /** The checkpoint comes last, when all that it covers is on the disk. */
  async commit(checkpoint: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const directory of this.#touched) await syncDirectory(directory);
    const file = join(this.#directory, CHECKPOINT_FILE);
    await writeAtomically(file, (handle) => handle.writeFile(utf8(checkpoint)));
    await syncDirectory(this.#directory);
  }

  async #makeParents(path: string): Promise<void> {
    await mkdir(join(this.#directory, dirname(path)), { recursive: true });
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      this.#touched.add(join(this.#directory, dirname(parent)));
    }
  }
}
