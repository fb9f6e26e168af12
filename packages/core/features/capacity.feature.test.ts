import type { Operation } from '@vram-residency/device';
import { expect } from 'vitest';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';

const capacitySteps: StepSet = (step) => {
  step('the GPU has no memory left for the next {string}', async (world, operation) => {
    (await world.machine()).failNext(operation as Operation, 'OUT_OF_MEMORY');
  });

  step('the failure may pass by itself', (world) => {
    expect(world.failure()).toMatchObject({ retriable: true });
  });
};

await runFeature('capacity.feature', capacitySteps);
