export {
  type ResidencyAnswer,
  type ResidencyOptions,
  type ResidentShard,
  residencyAt,
} from './residency-at.js';
export type {
  EndStated,
  FailureStated,
  SealStated,
  ShardResidency,
  Stated,
  VerificationStated,
} from './shard-residency.js';
