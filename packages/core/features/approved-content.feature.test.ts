import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Allocation } from '@vram-residency/device';
import { nobleEngine, toHex } from '@vram-residency/seal-crypto';
import { expect } from 'vitest';
import type { SealedShard } from 'vram-residency';
import { content, parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { pieces, sourceOf, writeModel } from './support/model-sources.js';
import { named } from './support/named.js';
import { runFeature } from './support/run-feature.js';

const SHARD = 'model';
const MIB = 2 ** 20;

const CHANGES: Readonly<Record<string, (path: string) => void>> = {
  overwritten: (path) => writeFileSync(path, new Uint8Array(MIB), { flag: 'r+' }),
  lengthened: (path) => appendFileSync(path, new Uint8Array(1)),
  'cut short': (path) => truncateSync(path, 5 * MIB),
};

const PATHS: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a named pipe': (path) => execFileSync('mkfifo', [path]),
  'a file that is gone': () => undefined,
};

/** The BLAKE3 digest as anybody computes it from a file. */
function digestOnHost(bytes: Uint8Array): string {
  const hasher = nobleEngine.createHasher('blake3');
  hasher.update(bytes);
  return toHex(hasher.digest());
}

const contentSteps: StepSet = (step) => {
  step('a worker that takes models of at most {string}', (world, size) => {
    world.setup = { ...world.setup, maxModelBytes: parseSize(size) };
  });

  step('the GPU flips a bit of whatever it digests next', async (world) => {
    const machine = await world.machine();
    machine.backend.beforeNext('digest', (allocation) => machine.flipBit(allocation as Allocation, 4711, 0));
  });

  step('the worker seals a model of {string} that comes from {string}', async (world, size, source) => {
    const worker = await world.worker();
    const model = sourceOf(source, world, content(size, SHARD));
    await world.attempt(() => worker.seal(model, { shardId: SHARD }));
  });

  step(
    'the worker seals {string} as shard {string}, expecting {string}',
    async (world, description, shardId, expected) => {
      const worker = await world.worker();
      await world.attempt(() => worker.seal(content(description, shardId), { shardId, expected }));
    },
  );

  step(
    'the worker seals {string} as shard {string}, expecting the digest in {string}',
    async (world, description, shardId, expectedSource) => {
      const worker = await world.worker();
      const bytes = content(description, shardId);
      const options = { shardId, expected: `blake3:${digestOnHost(bytes)}`, expectedSource };
      await world.attempt(() => worker.seal(bytes, options));
    },
  );

  step(
    'the worker seals a model file of {string} that is {string} while it is read',
    async (world, size, change) => {
      const worker = await world.worker();
      const path = writeModel(world, content(size, SHARD));
      let changed = false;
      const onProgress = (): void => {
        if (!changed) named(CHANGES, change)(path);
        changed = true;
      };
      await world.attempt(() => worker.seal(path, { shardId: SHARD, onProgress }));
      expect(changed).toBe(true);
    },
  );

  step(
    'the worker seals a stream that promises {string} and gives {string}',
    async (world, promised, given) => {
      const worker = await world.worker();
      const source = { stream: pieces(content(given, SHARD)), sizeBytes: parseSize(promised) };
      await world.attempt(() => worker.seal(source, { shardId: SHARD }));
    },
  );

  step('the worker seals a stream that breaks after {string}', async (world, size) => {
    const worker = await world.worker();
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield* pieces(content(size, SHARD));
      throw Object.assign(new Error('the connection was lost'), { code: 'STREAM_BROKE' });
    }
    const source = { stream: breaking(), sizeBytes: 2 * parseSize(size) };
    await world.attempt(() => worker.seal(source, { shardId: SHARD }));
  });

  step('the worker seals the path of {string}', async (world, kind) => {
    const worker = await world.worker();
    const path = join(world.scratch, 'not-a-model');
    named(PATHS, kind)(path);
    await world.attempt(() => worker.seal(path));
  });

  step("its digest is the one that anybody computes from the model's bytes", (world) => {
    const { fields } = world.success() as SealedShard;
    expect(fields.digest).toBe(digestOnHost(content(`${fields.vramBytes} bytes`, SHARD)));
  });

  step('the record of the seal names the expected digest {string}', async (world, digest) => {
    const sealed = (await world.newRecords()).filter(({ eventType }) => eventType === 'vram_sealed');
    expect(sealed.map(({ members }) => members['expected_digest'])).toEqual([digest]);
  });

  step(
    'the rejection names the expected digest {string} and another one that was found',
    async (world, digest) => {
      const rejected = (await world.newRecords()).filter(({ eventType }) => eventType === 'seal_rejected');
      const [members] = rejected.map((record) => record.members);
      expect(members).toMatchObject({ expected_digest: digest });
      expect(members?.['actual_digest']).not.toBe(digest);
    },
  );
};

await runFeature('approved-content.feature', contentSteps);
