import { expect, test } from 'vitest';

// What the package exports is a promise: a change here is a change for everyone who uses it.

test('the package', async () => {
  expect(Object.keys(await import('vram-residency')).sort()).toEqual([
    'PolicyError',
    'SealedShard',
    'VRAM_ERROR_CODES',
    'VramError',
    'VramManager',
    'customRule',
    'definePolicy',
    'parsePolicy',
    'simulatedBackend',
    'vramOnly',
  ]);
});

test('the entry `events`', async () => {
  expect(Object.keys(await import('vram-residency/events')).sort()).toEqual([
    'PolicyViolation',
    'SealRejected',
    'SealVerificationFailed',
    'SealVerified',
    'VRAM_EVENTS',
    'VramAllocated',
    'VramAllocationFailed',
    'VramDeallocated',
    'VramSealed',
    'WorkerRecovered',
    'eventJsonSchemas',
  ]);
});
