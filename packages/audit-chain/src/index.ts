export { AUDIT_ERROR_CODES, AuditError, type AuditErrorCode } from './errors.js';
export type { AuditEvent, AuditSink, Receipt } from './event/audit-event.js';
export { defineEvent, type EventDefinition } from './event/define-event.js';
export type { HashProvider, MacKey } from './hash/hash-provider.js';
export { nobleHashes } from './hash/noble-hashes.js';
export type { LogIdentity } from './identity.js';
export type { JsonValue } from './json/profile.js';
export { deriveRootKey, parseRootKey } from './keys/epoch-keys.js';
export { type CheckpointSigner, LocalSigner } from './keys/signing-key.js';
export { formatVerifierKey, parseVerifierKey, type VerifierKey } from './keys/verifier-key.js';
export {
  type ConsistencyStatement,
  type InclusionStatement,
  verifyConsistency,
  verifyInclusion,
} from './merkle/verify-proof.js';
export { type Checkpoint, openCheckpoint, parseCheckpoint } from './note/checkpoint.js';
export { type LogRecord, SEVERITIES, type Severity } from './record/record.js';
export { fromBytes, type LogSource, type SegmentSource } from './verify/log-source.js';
export type { Defect, DefectReason, VerificationStatus } from './verify/verdict.js';
export { toJson } from './verify/verification-json.js';
export { type VerificationResult, type VerifyOptions, verifyLog } from './verify/verify-log.js';
