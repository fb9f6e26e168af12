import { VramAllocated, VramAllocationFailed, VramDeallocated } from './allocation-events.js';
import { SealRejected, VramSealed } from './seal-events.js';
import { SealVerificationFailed, SealVerified } from './verification-events.js';
import { PolicyViolation, WorkerRecovered } from './worker-events.js';

/** Every event type of this package, by its name in TypeScript, in the order of a shard's life. */
export const VRAM_EVENTS = {
  VramAllocated,
  VramAllocationFailed,
  VramSealed,
  SealRejected,
  SealVerified,
  SealVerificationFailed,
  VramDeallocated,
  PolicyViolation,
  WorkerRecovered,
} as const;
