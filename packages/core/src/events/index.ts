export {
  VramAllocated,
  type VramAllocatedMembers,
  VramAllocationFailed,
  type VramAllocationFailedMembers,
  VramDeallocated,
  type VramDeallocatedMembers,
} from './allocation-events.js';
export type { ContextMembers } from './context.js';
export { eventJsonSchemas, type JsonSchema } from './json-schema.js';
export { SealRejected, type SealRejectedMembers, VramSealed, type VramSealedMembers } from './seal-events.js';
export {
  SealVerificationFailed,
  type SealVerificationFailedMembers,
  SealVerified,
  type SealVerifiedMembers,
} from './verification-events.js';
export { VRAM_EVENTS } from './vram-events.js';
export {
  PolicyViolation,
  type PolicyViolationMembers,
  WorkerRecovered,
  type WorkerRecoveredMembers,
} from './worker-events.js';
