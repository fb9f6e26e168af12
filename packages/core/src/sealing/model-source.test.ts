import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MIB, openWorker } from '../../test/support.js';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'model-source-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const bytes = Uint8Array.from({ length: 2 * MIB + 13 }, (_, i) => i % 251);

async function* pieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
}

test('a path, bytes, a Buffer, a Blob and a stream of the same content have the same digest', async () => {
  const path = join(scratch, 'model.bin');
  writeFileSync(path, bytes);
  symlinkSync(path, join(scratch, 'link'));
  const { manager } = await openWorker();
  const sources = [
    path,
    join(scratch, 'link'),
    bytes,
    Buffer.from(bytes),
    new Blob([bytes]),
    { stream: pieces(bytes, 100_000), sizeBytes: bytes.length },
  ];
  const digests = new Set<string>();
  for (const source of sources) {
    const shard = await manager.sealModel(source);
    digests.add(shard.fields.digest);
    expect(shard.fields.vramBytes).toBe(bytes.length);
    await manager.release(shard);
  }
  expect(digests.size).toBe(1);
  await manager.close();
});

test.each([
  ['one byte less than it said', bytes.subarray(1)],
  ['one byte more than it said', Uint8Array.from([...bytes, 0])],
  ['nothing', new Uint8Array(0)],
])('a stream that gives %s is rejected, and undone', async (_what, content) => {
  const { manager, sink } = await openWorker();
  const source = { stream: pieces(content, 65_536), sizeBytes: bytes.length };
  await expect(manager.sealModel(source, { shardId: 'a' })).rejects.toMatchObject({
    code: 'SEAL_REJECTED',
    reason: 'source_changed',
  });
  expect(sink.types()).toEqual(['vram_allocated', 'seal_rejected', 'vram_deallocated']);
  expect(sink.only('seal_rejected')).toEqual({
    shard_id: 'a',
    reason: 'source_changed',
    expected_digest: null,
    actual_digest: null,
    gpu_device: 0,
  });
  await manager.close();
});

test.each([
  ['grows', (path: string) => appendFileSync(path, 'x')],
  ['is written over', (path: string) => writeFileSync(path, bytes.toReversed())],
  ['is touched', (path: string) => utimesSync(path, 1, 1)],
])('a file that %s while it is read is rejected', async (_how, change) => {
  const path = join(scratch, 'changing.bin');
  writeFileSync(path, bytes);
  const { manager, sink } = await openWorker();
  let isChanged = false;
  const sealing = manager.sealModel(path, {
    onProgress: () => {
      if (!isChanged) change(path);
      isChanged = true;
    },
  });
  await expect(sealing).rejects.toMatchObject({ code: 'SEAL_REJECTED', reason: 'source_changed' });
  expect(sink.only('vram_deallocated')).toMatchObject({ reason: 'seal_failed', zeroed: true });
  await manager.close();
});

test('what is no file is refused before anything is recorded', async () => {
  const fifo = join(scratch, 'fifo');
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
  const directory = join(scratch, 'directory');
  mkdirSync(directory);
  const { manager, sink } = await openWorker();
  for (const path of [fifo, directory, '/dev/zero']) {
    await expect(manager.sealModel(path)).rejects.toMatchObject({ code: 'SOURCE_NOT_A_FILE' });
  }
  for (const path of [join(scratch, 'nothing'), 'a\0b', '']) {
    await expect(manager.sealModel(path)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  }
  for (const source of [
    undefined,
    null,
    7,
    {},
    { stream: pieces(bytes, 1) },
    { stream: bytes, sizeBytes: 1 },
  ]) {
    await expect(manager.sealModel(source as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }
  const empty = join(scratch, 'empty');
  writeFileSync(empty, '');
  for (const source of [empty, new Uint8Array(0), new Blob([])]) {
    await expect(manager.sealModel(source)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument: 'source',
    });
  }
  expect(sink.events).toEqual([]);
  await manager.close();
});

test('a source that fails while it is read is undone, and its failure is told', async () => {
  const { manager, sink } = await openWorker();
  const broken = (async function* () {
    yield new Uint8Array(10);
    throw new Error('the network is gone');
  })();
  await expect(manager.sealModel({ stream: broken, sizeBytes: 100 })).rejects.toThrow('the network is gone');
  expect(sink.types()).toEqual(['vram_allocated', 'vram_deallocated']);
  await manager.close();
});

test('a source larger than is allowed is refused before memory is taken', async () => {
  const { manager, sink } = await openWorker({ maxModelBytes: 10 });
  await expect(manager.sealModel(new Uint8Array(11))).rejects.toMatchObject({ code: 'MODEL_TOO_LARGE' });
  await manager.sealModel(new Uint8Array(10));
  expect(sink.types()).toEqual(['vram_allocated', 'vram_sealed']);
  await manager.close();
});

test('sealing stops when it is aborted, before and while it loads, and when the manager closes', async () => {
  const { manager, sink, backend } = await openWorker();
  const reason = new Error('changed my mind');
  await expect(manager.sealModel(bytes, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const aborted = manager.sealModel(bytes, {
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  await expect(aborted).rejects.toBe(reason);
  expect(backend.faults.allocations).toEqual([]);
  const interrupted = manager.sealModel(bytes, { onProgress: () => void manager.close() });
  await expect(interrupted).rejects.toMatchObject({ code: 'MANAGER_CLOSED' });
  await manager.close();
  expect(backend.faults.allocations).toEqual([]);
  expect(sink.types()).not.toContain('vram_sealed');
});
