import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { inspect } from 'node:util';
import { SEAL_FORMAT } from '@vram-residency/seal-crypto';
import { expect } from 'vitest';
import { content } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import { holds, readFiles, textsShown } from './support/secrets.js';
import type { World } from './support/world.js';

const gathered = new WeakMap<World, readonly string[]>();

/** What a worker's developer, its enemies and its hardware may do to it; each is refused or fails. */
function misfortunes(world: World): ((worker: Awaited<ReturnType<World['worker']>>) => Promise<unknown>)[] {
  const model = content('1 MiB', 'model');
  world.contents.add('model');
  return [
    ({ manager }) => manager.sealModel(new Uint8Array(1), { shardId: '../model' }),
    ({ manager }) => manager.sealModel(model, { expected: `sha256:${'0'.repeat(64)}` }),
    ({ manager }) => manager.sealModel({ stream: [] as never, sizeBytes: 1 }),
    ({ manager }) => manager.sealModel('/nowhere/model.safetensors'),
    ({ manager }) =>
      manager.sealModel({ stream: new Blob([model.slice()]).stream(), sizeBytes: 2 ** 20 + 1 }),
    ({ manager }) => manager.sealModel({ stream: new Blob([model.slice()]).stream(), sizeBytes: 2 ** 40 }),
    (worker) => worker.seal(model, { shardId: 'victim', modelRef: 'a-model' }),
    (worker) => worker.seal(model, { shardId: 'victim' }),
    (worker) => worker.manager.execute([worker.shard('victim')], ([view]) => Promise.reject(view)),
    (worker) => worker.manager.verifySealed({ ...worker.shard('victim').toJSON(), vram_bytes: 1 }),
    (worker) => worker.manager.recover({ reason: 'the seal was forged, the memory is intact' }),
    (worker) => worker.manager.verifySealed({} as never),
    async (worker) => {
      (await world.machine()).failNext('write', 'DEVICE_ERROR');
      return worker.seal(model, { shardId: 'unlucky' });
    },
    async (worker) => {
      (await world.machine()).flipBit(worker.memoryOf('victim'), 99, 0);
      return worker.manager.verifySealed(worker.shard('victim'));
    },
    (worker) => worker.manager.recover({ reason: 'hope' }),
    (worker) => worker.manager.execute([worker.shard('victim')], () => undefined),
    async (worker) => {
      (await world.machine()).failNext('free', 'DEVICE_ERROR');
      return worker.manager.release(worker.shard('victim'));
    },
    (worker) => worker.manager.release(worker.shard('victim')),
    (worker) => worker.manager.recover({ reason: 'the victim is gone' }),
    async (worker) => {
      (await world.machine()).setFacts({ integrated: true });
      return worker.seal(model, { shardId: 'refused' });
    },
  ];
}

const secretsSteps: StepSet = (step) => {
  step('a worker whose token is 32 random bytes', (world) => {
    world.setup = { ...world.setup, workerToken: randomBytes(32) };
  });

  step('a worker that lived through everything that can go wrong', async (world) => {
    const worker = await world.worker();
    let failures = 0;
    for (const misfortune of misfortunes(world)) {
      await misfortune(worker).catch((error: unknown) => {
        failures++;
        world.errors.push(error);
      });
    }
    expect(failures).toBe(16);
    await worker.log.flush();
  });

  step('everything that it showed is gathered', async (world) => {
    gathered.set(world, await textsShown(world.errors, [await world.worker()]));
  });

  step('the {string} is found in none of it, as it is, in hex or in base64', async (world, what) => {
    const secrets = (await world.secrets()).filter((secret) => secret.what === what);
    expect(secrets).toHaveLength(1);
    for (const secret of secrets) {
      expect(secret.bytes.length).toBeGreaterThanOrEqual(16);
      expect(gathered.get(world)?.filter((text) => holds(text, secret))).toEqual([]);
    }
  });

  step("the same search finds a worker's id in it", (world) => {
    const id = { what: 'id', bytes: Buffer.from('gpu-0') };
    expect(gathered.get(world)?.filter((text) => holds(text, id)).length).toBeGreaterThan(2);
  });

  step(
    'the keys lie beside the log, in files of the mode {int} in a folder of the mode {int}',
    async (world, fileMode, folderMode) => {
      const { logDir } = await world.worker();
      const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
      for (const file of ['key.state', 'signing.key']) {
        expect(await modeOf(`${logDir}.keys/${file}`)).toBe(String(fileMode));
      }
      expect(await modeOf(`${logDir}.keys`)).toBe(String(folderMode));
    },
  );

  step('the same search finds the {string} and the {string} in these files', async (world, first, second) => {
    const { logDir } = await world.worker();
    const files = await readFiles(`${logDir}.keys`);
    for (const secret of (await world.secrets()).filter(({ what }) => [first, second].includes(what))) {
      expect(
        files.some((text) => holds(text, secret)),
        secret.what,
      ).toBe(true);
    }
  });

  step(
    "neither the shard, its JSON nor its inspection shows more than the seal's own fields",
    async (world) => {
      const shard = (await world.worker()).shard('model');
      const { fields } = shard;
      const seal = JSON.parse(JSON.stringify(shard)) as Record<string, unknown>;
      const { format, signature, ...stated } = seal;
      expect(format).toBe(SEAL_FORMAT);
      expect(signature).toMatch(/^[0-9a-f]{64}$/);
      expect(Object.values(stated).sort()).toEqual(Object.values(fields).sort());
      expect(Object.keys(shard)).toEqual(['fields']);
      expect(inspect(shard, { depth: 10, showHidden: true })).not.toMatch(
        /0x[0-9a-f]+|pointer|address|External/i,
      );
    },
  );
};

await runFeature('secrets.feature', secretsSteps);
