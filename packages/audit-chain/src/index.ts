export { plainRecordEngine } from './engine/plain-record-engine.js';
export type { RecordEngine, RecordScan } from './engine/record-engine.js';
export { RECORD_WORDS, RecordTable } from './engine/record-table.js';
export { AUDIT_ERROR_CODES, AUDIT_ERROR_REMEDIES, AuditError, type AuditErrorCode } from './errors.js';
export type { Anchored, AnchoredReceipt, AuditEvent, AuditSink, Receipt } from './event/audit-event.js';
export { defineEvent, type EventDefinition } from './event/define-event.js';
export { type DisabledAuditLog, disabledAuditLog } from './event/disabled-audit-log.js';
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
export { type Cosignature, verifyCosignature } from './note/cosignature.js';
export {
  formatInclusionProof,
  type InclusionProof,
  type ProvenRecord,
  parseInclusionProof,
  verifyRecord,
} from './proof/inclusion-proof.js';
export {
  type ConsistencyProof,
  type ProvenLine,
  type ProveOptions,
  proveConsistency,
  proveInclusion,
} from './proof/prove.js';
export { type LinePlace, type LogEntry, type QueryOptions, query } from './query/query.js';
export type { RecordFilter } from './query/record-filter.js';
export { type LogRecord, SEVERITIES, type Severity } from './record/record.js';
export { fromBytes } from './source/from-bytes.js';
export { type FileLike, fromFiles } from './source/from-files.js';
export type { LogSource, SegmentSource } from './source/log-source.js';
export { readContinuation } from './verify/continuation.js';
export { DEFECT_REASONS, type Defect, type DefectReason } from './verify/defect.js';
export type { VerificationStatus } from './verify/defect-list.js';
export { toJson, type VerificationJson, type VerificationResult } from './verify/verification-result.js';
export { type VerificationProgress, type VerifyOptions, verifyLog } from './verify/verify-log.js';
