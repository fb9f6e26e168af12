export { AuditLog } from './audit-log.js';
export type { AuditLogOptions } from './audit-log-options.js';
export { nodeHashes } from './node-hashes.js';
export { openLog, readSecretFile } from './open-log.js';
export type { CheckpointSchedule, FlushMode, RotationSchedule } from './writer-options.js';
