import { inspect } from 'node:util';
import { simulatedBackend } from '@vram-residency/device';
import { expect } from 'vitest';
import { VramManager, vramOnly } from 'vram-residency';
import type { StepSet } from './support/define-step.js';
import { sourceOf } from './support/model-sources.js';
import { parseOptions } from './support/options-text.js';
import { runFeature } from './support/run-feature.js';

/** A text in which control characters are written as JSON writes them. */
const unescaped = (text: string): string => JSON.parse(`"${text}"`) as string;

const invalidInputSteps: StepSet = (step) => {
  step('the worker seals a shard under the name {string}', async (world, name) => {
    const worker = await world.worker();
    await world.attempt(() => worker.seal(new Uint8Array(1), { shardId: unescaped(name) }));
  });

  step('the worker seals a shard under a name of {int} characters', async (world, length) => {
    const worker = await world.worker();
    await world.attempt(() => worker.seal(new Uint8Array(1), { shardId: 'x'.repeat(length) }));
  });

  step('the worker seals an empty shard that comes from {string}', async (world, source) => {
    const worker = await world.worker();
    await world.attempt(() => worker.seal(sourceOf(source, world, new Uint8Array(0))));
  });

  step('the worker seals a shard with the options {string}', async (world, options) => {
    const worker = await world.worker();
    await world.attempt(() => worker.seal(new Uint8Array(1), parseOptions(options)));
  });

  step('a worker is set up with the options {string}', (world, options) =>
    world.attempt(() =>
      VramManager.open({
        backend: simulatedBackend(),
        policy: vramOnly({ allowSimulated: true }),
        workerId: 'gpu-0',
        workerToken: 'credential of the worker gpu-0',
        ...parseOptions(options),
      }),
    ),
  );

  step('the error does not repeat {string}', (world, text) => {
    const shown = inspect(world.failure(), { depth: 10, showHidden: true });
    expect(shown).not.toContain(text);
    expect(shown).not.toContain(unescaped(text));
  });
};

await runFeature('invalid-input.feature', invalidInputSteps);
