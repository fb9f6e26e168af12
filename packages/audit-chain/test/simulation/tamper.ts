import { parseSegmentName } from '../../src/segment-name.js';
import { linesOf, segmentNames } from '../tampering.js';
import type { Chance } from './chance.js';
import { type CrashDisk, Inode } from './crash-disk.js';

/** Something that no crash does to a log, and the code with which opening it is refused. */
export interface Tampering {
  readonly what: string;
  readonly code: string;
  /** Worker that opens the log, if it is another. */
  readonly workerId?: string;
}

/**
 * Does something to a log that no writer has open.
 *
 * @param older a copy of an earlier state of all files
 * @returns `undefined` if there was nothing to be done that must be found
 */
export function tamper(
  disk: CrashDisk,
  directory: string,
  chance: Chance,
  older: ReadonlyMap<string, Inode> | undefined,
): Tampering | undefined {
  // Where the first process was killed before it made the directory there is nothing to tamper with.
  if (!disk.hasDirectory(directory)) return undefined;
  const files = disk.copy();
  const put = (path: string, bytes: Uint8Array | undefined, mode?: number): void => {
    const old = files.get(path);
    if (bytes === undefined) files.delete(path);
    else {
      const inode = new Inode(mode ?? old?.mode ?? 0o644);
      inode.cached = bytes;
      disk.sync(inode);
      files.set(path, inode);
    }
    disk.restore(files);
  };
  const bytesOf = (path: string): Uint8Array | undefined => files.get(path)?.cached;
  const newest = segmentNames(disk.files(directory)).at(-1);
  const state = bytesOf(`${directory}.keys/key.state`);
  const identity = bytesOf(`${directory}/log.json`);
  if (newest === undefined || state === undefined || identity === undefined) return undefined;
  const path = `${directory}/${newest}`;
  const segment = bytesOf(path) as Uint8Array;
  const note = bytesOf(`${directory}/checkpoint`);
  const covered = coveredBytes(segment, newest, note);

  const what = chance.pick([
    'key.state removed',
    'key.state readable by others',
    'older key.state',
    'log.json removed',
    'log.json of another format',
    'another worker',
    'covered byte changed',
    'checkpoint changed',
    'covered records cut',
  ] as const);
  switch (what) {
    case 'key.state removed':
      put(`${directory}.keys/key.state`, undefined);
      return { what, code: 'LOG_DAMAGED' };
    case 'key.state readable by others':
      put(`${directory}.keys/key.state`, state, 0o640);
      return { what, code: 'INSECURE_KEY_FILE' };
    case 'older key.state': {
      const old = older?.get(`${directory}.keys/key.state`)?.cached;
      if (old === undefined || epochIn(old) >= lastEpochOf(segment)) return undefined;
      put(`${directory}.keys/key.state`, old);
      return { what, code: 'LOG_DAMAGED' };
    }
    case 'log.json removed':
      put(`${directory}/log.json`, undefined);
      return { what, code: 'LOG_DAMAGED' };
    case 'log.json of another format':
      put(`${directory}/log.json`, replaced(identity, 'audit-log/v1', 'audit-log/v2'));
      return { what, code: 'UNKNOWN_FORMAT' };
    case 'another worker':
      return { what, code: 'IDENTITY_CONFLICT', workerId: 'gpu-1' };
    case 'covered byte changed':
      if (covered === 0) return undefined;
      put(path, flipped(segment, chance.integer(0, covered - 1), chance));
      return { what, code: 'LOG_DAMAGED' };
    case 'checkpoint changed':
      if (note === undefined) return undefined;
      put(`${directory}/checkpoint`, flipped(note, chance.integer(0, note.length - 1), chance));
      return { what, code: 'LOG_DAMAGED' };
    case 'covered records cut':
      if (covered === 0) return undefined;
      // A record that lacks only its LF is whole.
      put(path, segment.subarray(0, chance.integer(0, covered - 2)));
      return { what, code: 'LOG_DAMAGED' };
  }
}

function flipped(bytes: Uint8Array, at: number, chance: Chance): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ (1 << chance.integer(0, 7)) : byte));
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('utf8').replace(from, to));
}

const epochIn = (text: Uint8Array): number => Number(/"epoch":(\d+)/.exec(Buffer.from(text).toString())?.[1]);

function lastEpochOf(segment: Uint8Array): number {
  const all = Buffer.from(segment)
    .toString()
    .matchAll(/"epoch":(\d+),"prev":"[0-9a-f]{64}","mac":"[0-9a-f]{64}"\}\n/g);
  return Math.max(-1, ...[...all].map(([, epoch]) => Number(epoch)));
}

/** How many bytes of a segment the checkpoint in the file `checkpoint` covers. */
function coveredBytes(segment: Uint8Array, name: string, note: Uint8Array | undefined): number {
  const size = Number(
    Buffer.from(note ?? [])
      .toString()
      .split('\n')[1] ?? 0,
  );
  const { firstSeq = 0 } = parseSegmentName(name) ?? {};
  const lines = linesOf(new Map([[name, segment]]), name).slice(0, Math.max(0, size - firstSeq));
  return lines.reduce((sum, { length }) => sum + length, 0);
}
