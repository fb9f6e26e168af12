import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followLog } from '../src/node/follow-log.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { readSegment } from '../src/node/segment-content.js';
import { BEST_COMPRESSION } from '../src/node/zlib-streams.js';
import { proveInclusion } from '../src/proof/prove.js';
import { query } from '../src/query/query.js';
import { type Compression, segmentName } from '../src/segment-name.js';
import { MAX_ARCHIVED_BYTES, readCompressed } from '../src/source/compressed.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { fromFiles } from '../src/source/from-files.js';
import type { LogSource } from '../src/source/log-source.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { makeLog } from './make-log.js';
import { type Files, segmentNames, withFile } from './tampering.js';

const log = makeLog(['event', 'rotate', 'event', 'event', 'rotate', 'event', 'close']);
const [first, second, third] = segmentNames(log.files) as [string, string, string];
const { vkey } = log;
const code = (expected: string) => expect.objectContaining({ name: 'AuditError', code: expected });

const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer };
const compressors: Readonly<Record<Compression, ((bytes: Uint8Array) => Buffer) | undefined>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  zstd: zstdCompressSync,
};
const ENDING = { gzip: '.gz', zstd: '.zst' } as const;

/** The log with that segment compressed, and changed in between. */
function withCompressed(
  files: Files,
  name: string,
  compression: Compression,
  change: (bytes: Buffer) => Uint8Array = (bytes) => bytes,
): Map<string, Uint8Array> {
  const bytes = compressors[compression]?.(files.get(name) as Uint8Array) as Buffer;
  return withFile(withFile(files, name, undefined), `${name}${ENDING[compression]}`, change(bytes));
}

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'compressed-segments-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

let written = 0;
function write(files: Files): string {
  const dir = join(scratch, `log-${written++}`);
  mkdirSync(dir);
  for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
  return dir;
}

const pick = (files: Files): LogSource =>
  fromFiles([...files].map(([name, bytes]) => new File([new Uint8Array(bytes)], name)));

/** Every way to read the files of a log. */
async function sourcesOf(files: Files): Promise<readonly LogSource[]> {
  return [await openLog(write(files)), pick(files), fromBytes(files)];
}

describe.each<Compression>(['gzip', 'zstd'])('a log with segments in %s', (compression) => {
  const isHere = compressors[compression] !== undefined;
  const files = (): Map<string, Uint8Array> =>
    withCompressed(withCompressed(log.files, first, compression), second, compression);

  test.skipIf(isHere)('is told to need another platform where this one lacks it', async () => {
    const compressed = withFile(
      withFile(log.files, first, undefined),
      `${first}${ENDING[compression]}`,
      new Uint8Array(9),
    );
    for (const source of await sourcesOf(compressed)) {
      await expect(verifyLog(source, { vkey })).rejects.toThrow(code('COMPRESSION_UNSUPPORTED'));
    }
  });

  test.skipIf(!isHere)('is read as it is, by every reader', async () => {
    for (const source of [
      await openLog(write(files())),
      ...(compression === 'gzip' ? [pick(files()), fromBytes(files())] : []),
    ]) {
      const result = await verifyLog(source, { vkey, hashes });
      expect(result).toMatchObject({
        status: 'verified',
        records: log.lines.length,
        segments: 3,
        defects: [],
      });
      const lines: string[] = [];
      for await (const { bytes } of query(source)) lines.push(Buffer.from(bytes).toString());
      expect(lines).toEqual(log.lines.map((line) => Buffer.from(line).toString()));
      expect(Buffer.from((await proveInclusion(source, 1)).line)).toEqual(Buffer.from(log.lines[1] ?? []));
    }
  });

  test.skipIf(!isHere)('is followed', async () => {
    const ending = new AbortController();
    const found: number[] = [];
    for await (const { record } of followLog(write(files()), { signal: ending.signal, pollMs: 5 })) {
      found.push(record.seq);
      if (record.seq === log.lines.length - 1) ending.abort();
    }
    expect(found).toEqual(log.lines.map((_, seq) => seq));
  });

  test.skipIf(!isHere)('is found out cut anywhere and with any byte changed', async () => {
    const compressed = files().get(`${second}${ENDING[compression]}`) as Uint8Array;
    for (let at = 0; at < compressed.length; at += 7) {
      const changed = Uint8Array.from(compressed);
      changed[at] = (changed[at] as number) ^ 0x10;
      for (const bytes of [compressed.subarray(0, at), changed]) {
        const source = await openLog(write(withFile(files(), `${second}${ENDING[compression]}`, bytes)));
        const { status, defects } = await verifyLog(source, { vkey, hashes });
        // A few header bits (time, operating system) change nothing of what is inside.
        const isHarmless = bytes === changed && at < 10 && status === 'verified';
        if (!isHarmless)
          expect({ at, status, found: defects.length > 0 }).toEqual({ at, status: 'tampered', found: true });
      }
    }
  });

  test.skipIf(!isHere)('opens by its first segment alone', async () => {
    const dir = write(files());
    const source = await openLog(join(dir, `${first}${ENDING[compression]}`));
    expect(await verifyLog(source, { vkey, hashes })).toMatchObject({ status: 'verified', segments: 1 });
  });
});

test('of a segment both plain and compressed the plain one is read', async () => {
  const both = withFile(
    withFile(log.files, `${first}.gz`, new Uint8Array(9)),
    `${first}.zst`,
    new Uint8Array(9),
  );
  for (const source of await sourcesOf(both)) {
    expect(await verifyLog(source, { vkey })).toMatchObject({ status: 'verified', segments: 3 });
  }
});

test('a segment that is archived after the log was opened is read from its archive', async () => {
  const dir = write(log.files);
  const source = await openLog(dir);
  writeFileSync(join(dir, `${first}.gz`), zlib.gzipSync(log.files.get(first) as Uint8Array));
  rmSync(join(dir, first));
  expect(await verifyLog(source, { vkey, hashes })).toMatchObject({ status: 'verified' });
});

test('a segment that is archived while it is followed is not read twice', async () => {
  const dir = write(log.files);
  const found: number[] = [];
  const ending = new AbortController();
  rmSync(join(dir, second));
  rmSync(join(dir, third));
  for await (const { record } of followLog(dir, { signal: ending.signal, pollMs: 5 })) {
    found.push(record.seq);
    if (record.eventType === 'checkpoint' && found.length < 5) {
      writeFileSync(join(dir, `${first}.gz`), zlib.gzipSync(log.files.get(first) as Uint8Array));
      rmSync(join(dir, first));
      writeFileSync(join(dir, second), log.files.get(second) as Uint8Array);
      setTimeout(() => ending.abort(), 100);
    }
  }
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('a corrupt segment is one defect at its place, and verification goes on', async () => {
  const cut = withCompressed(log.files, second, 'gzip', (bytes) => bytes.subarray(0, bytes.length - 9));
  for (const source of await sourcesOf(cut)) {
    const result = await verifyLog(source, { vkey });
    expect(result.defects[0]).toMatchObject({ reason: 'MALFORMED_RECORD', segment: `${second}.gz` });
    expect(result).toMatchObject({ status: 'tampered', lastSeq: log.lines.length - 1 });
    await expect(proveInclusion(source, 1)).rejects.toThrow(code('CORRUPT_SEGMENT'));
  }
});

test('what decompresses to more than any segment has is not read to its end', async () => {
  const huge = new Uint8Array(MAX_ARCHIVED_BYTES / 16);
  let given = 0;
  const bomb = async function* (): AsyncGenerator<Uint8Array> {
    for (; given < 1000; given++) yield huge;
  };
  const read = readCompressed(first, 'gzip', fromNothing(), bomb);
  await expect(drain(read)).rejects.toThrow(code('CORRUPT_SEGMENT'));
  expect(given).toBe(16);
});

test('a small file is not decompressed further than it is read', async () => {
  const bomb = zlib.gzipSync(new Uint8Array(256 * 1_048_576));
  const dir = write(new Map([[segmentName(0, 'gzip'), bomb]]));
  const before = process.memoryUsage().arrayBuffers;
  for await (const piece of readSegment(dir, segmentName(0, 'gzip'))) {
    expect(piece.length).toBeLessThanOrEqual(1_048_576);
    break;
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1_048_576);
});

test('the writer archives with the best there is here', () => {
  expect(BEST_COMPRESSION).toBe(compressors.zstd === undefined ? 'gzip' : 'zstd');
});

async function* fromNothing(): AsyncGenerator<Uint8Array> {}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}
