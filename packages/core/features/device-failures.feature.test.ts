import { DeviceError, type Operation } from '@vram-residency/device';
import { expect, vi } from 'vitest';
import { VramManager } from 'vram-residency';
import { executionSteps } from './steps/execution-steps.js';
import { parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';

const deviceSteps: StepSet = (step) => {
  step('the GPU is lost at the next {string}', async (world, operation) => {
    (await world.machine()).failNext(operation as Operation, 'DEVICE_LOST');
  });

  step('a machine without a GPU driver', (world) => {
    vi.stubEnv('VRAM_RESIDENCY_CUDA_DRIVER', '/nowhere/libcuda.so.1');
    world.atEnd(() => vi.unstubAllEnvs());
  });

  step('a worker is started without saying what reaches the GPU', (world) =>
    world.attempt(() =>
      VramManager.open({ workerId: 'gpu-0', workerToken: 'credential of the worker gpu-0' }),
    ),
  );

  step('the worker is closed again', async (world) => {
    const { manager } = await world.worker();
    await world.attempt(() => manager.close());
  });

  step('a worker is started', (world) => world.attempt(() => world.worker()));

  step('its cause is a DeviceError', (world) => {
    expect((world.failure() as Error).cause).toBeInstanceOf(DeviceError);
  });

  step('the release frees {string} without having wiped them', async (world, size) => {
    expect(world.success()).toEqual({ freedBytes: parseSize(size), zeroed: false });
    const { reported } = await world.worker();
    expect(reported).toMatchObject([{ name: 'DeviceError', code: 'DEVICE_ERROR' }]);
  });
};

await runFeature('device-failures.feature', executionSteps, deviceSteps);
