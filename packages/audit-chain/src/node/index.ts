export { AuditLog } from './audit-log.js';
export type { AuditLogOptions } from './audit-log-options.js';
export { type FollowOptions, followLog } from './follow-log.js';
export { nodeHashes } from './node-hashes.js';
export { openLog } from './open-log.js';
export { readSecretFile } from './secret-file.js';
export type { CheckpointSchedule, FlushMode, RotationSchedule } from './writer-options.js';
