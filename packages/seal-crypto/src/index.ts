export {
  DIGEST_ALGORITHMS,
  DIGEST_BYTES,
  type DigestAlgorithm,
  isDigestAlgorithm,
  type TreeAlgorithm,
} from './algorithms.js';
export { equalBytes } from './bytes.js';
export { CHUNK_BYTES } from './chunks.js';
export { defaultEngines } from './default-engines.js';
export { DigestEngines, type EngineInfo } from './digest-engines.js';
export { formatDigest, type NamedDigest, parseDigest } from './digest-text.js';
export type { DigestEngine, Hasher } from './engine.js';
export { fromHex, toHex } from './hex.js';
export { nobleEngine } from './noble-engine.js';
export { SealError, type SealErrorCode } from './seal-error.js';
export { isShardId, isWorkerId, type SealFields, validateSealFields } from './seal-fields.js';
export { SealKey, sealPreimage } from './seal-key.js';
export { parseSeal, SEAL_FORMAT, type Seal, type SerializedSeal, serializeSeal } from './serialized-seal.js';
