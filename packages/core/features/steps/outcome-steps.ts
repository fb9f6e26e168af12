import { expect } from 'vitest';
import type { StepSet } from '../support/define-step.js';

/** What came of the last action. */
export const outcomeSteps: StepSet = (step) => {
  step('it succeeds', (world) => {
    world.success();
  });

  step('it fails with {string}', (world, code) => {
    expect(world.failure()).toMatchObject({ code });
  });

  step('it fails with {string} because of {string}', (world, code, reason) => {
    expect(world.failure()).toMatchObject({ code, reason });
  });

  step("it is refused as the caller's mistake about {string}", (world, argument) => {
    const error = world.failure();
    expect(error instanceof TypeError || error instanceof RangeError, String(error)).toBe(true);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', argument });
  });
};
