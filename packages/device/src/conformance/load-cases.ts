import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIGEST_ALGORITHMS, defaultEngines } from '@vram-residency/seal-crypto';
import type { Allocation } from '../allocation.js';
import type { Device } from '../device.js';
import type { ConformanceCase } from './subject.js';
import { bytesFrom, deviceCase, filled, MIB, rejectsRange, rejectsWithCode } from './support.js';

type Load = NonNullable<Allocation['load']>;

export const loadCases: readonly ConformanceCase[] = [
  loadCase('a file is loaded, and digested on the host meanwhile', 3 * MIB + 77, async (on) => {
    const { allocation, load, descriptor, bytes } = on;
    const told: number[] = [];
    const { loadedBytes, digests } = await load(descriptor, {
      length: bytes.length,
      digests: DIGEST_ALGORITHMS,
      onLoaded: (count) => told.push(count),
    });
    assert.equal(loadedBytes, bytes.length);
    assert.equal(told.at(-1), bytes.length);
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    );
    assert.deepEqual([...digests.keys()].sort(), [...DIGEST_ALGORITHMS].sort());
    for (const [algorithm, digest] of digests) {
      assert.deepEqual(digest, defaultEngines().digest(algorithm, bytes), algorithm);
    }
    assert.deepEqual(await allocation.digest('blake3'), digests.get('blake3'));
    assert.deepEqual(await allocation.read(0, bytes.length), bytes);
  }),
  loadCase('a load changes its range alone', MIB, async ({ allocation, load, descriptor, bytes }) => {
    const before = await allocation.read(0, bytes.length);
    const { digests } = await load(descriptor, { length: 5001, offset: 12_345 });
    assert.equal(digests.size, 0);
    before.set(bytes.subarray(0, 5001), 12_345);
    assert.deepEqual(await allocation.read(0, bytes.length), before);
  }),
  loadCase('a file that ends early says so', 4097, async ({ device, descriptor, bytes }) => {
    const larger = await device.allocate(2 * MIB);
    const { loadedBytes } = (await larger.load?.(descriptor, { length: 2 * MIB })) ?? {};
    assert.equal(loadedBytes, bytes.length);
    assert.deepEqual(await larger.read(0, bytes.length), bytes);
  }),
  loadCase('what cannot be loaded is refused', 4097, async ({ allocation, load, descriptor, bytes }) => {
    const before = await allocation.read(0, bytes.length);
    for (const length of [0, -1, 0.5, 4098]) await rejectsRange(load(descriptor, { length }));
    await rejectsRange(load(descriptor, { length: 1, offset: 4097 }));
    await rejectsRange(load(-1, { length: 1 }));
    await rejectsWithCode(
      load(descriptor, { length: 1, digests: ['md5' as 'sha256'] }),
      'UNSUPPORTED_DIGEST',
    );
    const folder = openSync(tmpdir(), 'r');
    try {
      await rejectsWithCode(load(folder, { length: 1 }), 'FILE_UNREADABLE');
    } finally {
      closeSync(folder);
    }
    assert.deepEqual(await allocation.read(0, bytes.length), before);
    const isReadOnly = (await allocation.protect()) === 'read-only';
    if (isReadOnly) await rejectsWithCode(load(descriptor, { length: 1 }), 'READ_ONLY');
    await allocation.free();
    await rejectsWithCode(load(descriptor, { length: 1 }), 'ALLOCATION_FREED');
  }),
  loadCase('a load that is aborted, or whose listener throws, ends so', MIB, async (on) => {
    const { allocation, load, descriptor, bytes } = on;
    const reason = new Error('enough');
    const isReason = (error: unknown) => error === reason;
    const before = await allocation.read(0, bytes.length);
    const signal = AbortSignal.abort(reason);
    await assert.rejects(load(descriptor, { length: bytes.length, signal }), isReason);
    assert.deepEqual(await allocation.read(0, bytes.length), before);
    const onLoaded = () => {
      throw reason;
    };
    await assert.rejects(load(descriptor, { length: bytes.length, onLoaded }), isReason);
    const controller = new AbortController();
    const outcome = load(descriptor, { length: bytes.length, signal: controller.signal }).catch(
      (error: unknown) => error,
    );
    controller.abort(reason);
    const ended = await outcome;
    if (ended !== reason) assert.deepEqual(await allocation.read(0, bytes.length), bytes);
  }),
  loadCase('several loads at once, with other work between them, do not mix', MIB, async (on) => {
    const { device, descriptor, bytes } = on;
    const work = Array.from({ length: 5 }, async (_, i) => {
      const allocation = await device.allocate(bytes.length);
      await allocation.load?.(descriptor, { length: bytes.length });
      const patch = bytesFrom(i, 1000);
      await allocation.write(5000, patch);
      const expected = bytes.slice();
      expected.set(patch, 5000);
      assert.deepEqual(await allocation.read(0, bytes.length), expected);
    });
    await Promise.all(work);
  }),
  loadCase('freeing during a load lets it finish, or ends it', MIB, async ({ allocation, load, ...file }) => {
    const loading = load(file.descriptor, { length: file.bytes.length }).catch(
      (error: { code?: unknown }) => error.code,
    );
    await allocation.free();
    const outcome = await loading;
    if (outcome !== 'ALLOCATION_FREED') {
      assert.deepEqual(outcome, { loadedBytes: file.bytes.length, digests: new Map() });
    }
  }),
];

interface LoadSubject {
  readonly device: Device;
  /** Filled with other bytes than the file's. */
  readonly allocation: Allocation;
  readonly load: Load;
  readonly descriptor: number;
  /** The file's. */
  readonly bytes: Uint8Array;
}

/** A case over an open file and an allocation of its size, for backends that load files. */
function loadCase(
  name: string,
  sizeBytes: number,
  body: (subject: LoadSubject) => Promise<void>,
): ConformanceCase {
  return deviceCase(name, async (device) => {
    const { allocation } = await filled(device, sizeBytes, 90);
    const load = allocation.load?.bind(allocation);
    if (load === undefined) return 'the backend does not load files';
    const scratch = mkdtempSync(join(tmpdir(), 'conformance-'));
    const path = join(scratch, 'model.bin');
    const bytes = bytesFrom(91, sizeBytes);
    writeFileSync(path, bytes);
    const descriptor = openSync(path, 'r');
    try {
      await body({ device, allocation, load, descriptor, bytes });
    } finally {
      closeSync(descriptor);
      rmSync(scratch, { recursive: true });
    }
    return undefined;
  });
}
