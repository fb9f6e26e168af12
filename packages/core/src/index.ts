export { type AdoptSource, type SharedMemory, simulatedBackend } from '@vram-residency/device';
export {
  customRule,
  definePolicy,
  PolicyError,
  parsePolicy,
  type Violation,
  vramOnly,
} from '@vram-residency/policy';
export { VRAM_ERROR_CODES, VramError, type VramErrorCode } from './errors.js';
export type { ExecuteOptions, ShardView, VerifyMode } from './execution/shard-view.js';
export type { VramManagerEvents, VramManagerListener } from './manager/manager-events.js';
export type { VramManagerOptions } from './manager/manager-options.js';
export type { WorkerState } from './manager/manager-state.js';
export type { VramMetrics } from './manager/metrics.js';
export type { VramMemory } from './memory/worker-memory.js';
export type { RecordContext } from './recording/record-context.js';
export type { AuditMode } from './recording/recorder.js';
export type { Scrubber, ScrubOptions } from './scrubbing/scrubber.js';
export { SealedShard } from './sealed-shard.js';
export type { ModelSource } from './sealing/model-source.js';
export type { AdoptOptions, SealOptions, SealProgress } from './sealing/seal-options.js';
export type { FullVerification } from './verification/verification.js';
export { type RecoverOptions, type ReleaseResult, VramManager } from './vram-manager.js';
