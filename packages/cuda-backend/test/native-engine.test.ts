import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { nativeEngine } from '@vram-residency/cuda-backend';
import {
  CHUNK_BYTES,
  DIGEST_ALGORITHMS,
  DigestEngines,
  nobleEngine,
  toHex,
} from '@vram-residency/seal-crypto';
import { defaultEngines, digestFile } from '@vram-residency/seal-crypto/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEngine } from '../../seal-crypto/test/engine-conformance.js';
import { digestVectors, pattern } from '../../seal-crypto/test/vectors.js';
import { isBuilt } from './stand-in.js';

const engines = new DigestEngines([nativeEngine]);
const reference = defaultEngines();

it('is asked first where it is preferred, and can be forbidden', () => {
  const preferred = defaultEngines(nativeEngine);
  const info = preferred.engineInfo();
  for (const { candidates } of info) {
    expect(candidates[0]).toEqual({ name: 'native', supported: isBuilt, forbidden: false });
  }
  const running = isBuilt ? ['native', 'native', 'native'] : ['wasm', 'node-crypto', 'node-crypto'];
  expect(info.map(({ engine }) => engine)).toEqual(running);
  const without = preferred.forbidding('native').engineInfo();
  expect(without.map(({ engine }) => engine)).toEqual(['wasm', 'node-crypto', 'node-crypto']);
});

describe.runIf(isBuilt)('where the addon is', () => {
  describeEngine(nativeEngine);

  it('many bytes at once, which all processors digest, have the digest of the reference', () => {
    const bytes = pattern(9 * CHUNK_BYTES + 17);
    for (const algorithm of DIGEST_ALGORITHMS) {
      expect(toHex(engines.digest(algorithm, bytes))).toBe(toHex(reference.digest(algorithm, bytes)));
    }
    for (const algorithm of ['blake3', 'sha256-fsverity'] as const) {
      expect(engines.chunkDigests(algorithm, bytes)).toEqual(reference.chunkDigests(algorithm, bytes));
    }
  });

  it('reads bytes of shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(1000)).fill(7);
    const expected = reference.digest('blake3', Uint8Array.from(shared));
    expect(engines.digest('blake3', shared)).toEqual(expected);
  });

  it('serves worker threads that begin and end', async () => {
    const program = new URL('programs/digesting-worker.mjs', import.meta.url);
    const digests = Array.from(
      { length: 3 },
      () =>
        new Promise((resolve, reject) => {
          let digest: unknown;
          new Worker(program, { workerData: 3_000_000 })
            .once('message', (message) => {
              digest = message;
            })
            .once('error', reject)
            .once('exit', () => resolve(digest));
        }),
    );
    const expected = toHex(reference.digest('blake3', new Uint8Array(3_000_000)));
    expect(await Promise.all(digests)).toEqual([expected, expected, expected]);
  });

  describe('a file that it reads by itself', () => {
    let folder: string;
    const file = (name: string, bytes: Uint8Array): string => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    };
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'native-engine-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each(DIGEST_ALGORITHMS)('has the %s of its bytes, whatever its size', async (algorithm) => {
      for (const { length, [algorithm]: digest } of digestVectors) {
        const path = file('vector', pattern(length));
        const found = await digestFile(path, algorithm, engines);
        expect({ sizeBytes: found.sizeBytes, digest: toHex(found.digest) }).toEqual({
          sizeBytes: length,
          digest,
        });
      }
    });

    it('may be one of several at a time', async () => {
      const sizes = [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES - 1, 12 * CHUNK_BYTES];
      const paths = sizes.map((size) => file(`of-${size}`, pattern(size)));
      const digests = await Promise.all(paths.map((path) => digestFile(path, 'blake3', engines)));
      expect(digests.map(({ digest }) => digest)).toEqual(
        sizes.map((size) => reference.digest('blake3', pattern(size))),
      );
    });

    it('tells how far it is, at the end everything', async () => {
      const told: number[] = [];
      const path = file('told', pattern(3 * CHUNK_BYTES + 1));
      await digestFile(path, 'sha256', engines, { onProgress: (doneBytes) => told.push(doneBytes) });
      expect(told.at(-1)).toBe(3 * CHUNK_BYTES + 1);
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    });

    it('is read no further once the digest is aborted', async () => {
      const path = file('aborted', pattern(8 * CHUNK_BYTES));
      for (const algorithm of DIGEST_ALGORITHMS) {
        const controller = new AbortController();
        const digest = digestFile(path, algorithm, engines, { signal: controller.signal });
        controller.abort();
        await expect(digest).rejects.toHaveProperty('name', 'AbortError');
      }
    });

    it('that is shorter than it was, or cannot be read, has no digest', async () => {
      const path = file('short', pattern(3 * CHUNK_BYTES));
      const handle = await open(path, 'r+');
      truncateSync(path, 2 * CHUNK_BYTES);
      const openFile = { descriptor: handle.fd, sizeBytes: 3 * CHUNK_BYTES };
      for (const algorithm of DIGEST_ALGORITHMS) {
        await expect(engines.digestOpenFile(algorithm, openFile)).rejects.toMatchObject({
          code: 'SOURCE_CHANGED',
        });
      }
      await handle.close();
      const folderHandle = await open(folder, 'r');
      const notAFile = { descriptor: folderHandle.fd, sizeBytes: 1 };
      await expect(engines.digestOpenFile('blake3', notAFile)).rejects.toMatchObject({
        code: 'EISDIR',
        syscall: 'read',
      });
      await folderHandle.close();
    });

    it('is left to others by an engine that reads none', () => {
      expect(
        new DigestEngines([nobleEngine]).digestOpenFile('sha256', { descriptor: 0, sizeBytes: 0 }),
      ).toBeUndefined();
    });
  });
});
