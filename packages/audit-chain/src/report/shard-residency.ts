/** Which record says so. */
export interface Stated {
  /** Timestamp of the record. */
  readonly at: string;
  readonly seq: number;
}

/** `vram_sealed`. */
export interface SealStated extends Stated {
  readonly worker_id: string;
  /** Who asked for it, if the worker recorded it. */
  readonly actor: string | null;
}

/** `seal_verified`. */
export interface VerificationStated extends Stated {
  /** `full`, `sampled` or `signature`. */
  readonly mode: string | null;
  /** Bytes whose digest was computed in each verification. */
  readonly bytes_verified: number | null;
  /** Verifications that the record stands for. */
  readonly count: number | null;
}

/** `seal_verification_failed`. */
export interface FailureStated extends Stated {
  readonly reason: string | null;
}

/** The record that ends a residency. */
export interface EndStated extends Stated {
  /**
   * That of `vram_deallocated` (`released`, `evicted`, `manager_closed`, `leaked`); `ended_unclean` if the log was opened
   * anew and nothing said before that the memory was given back.
   */
  readonly reason: string | null;
  /** Timestamp of the last record that was written while the shard was still sealed. */
  readonly last_known_at: string;
}

/** One shard in the memory of a device, from its seal to its end. Members are as the records state them. */
export interface ShardResidency {
  readonly shard_id: string;
  readonly model_ref: string | null;
  readonly shard_index: number | null;
  readonly total_shards: number | null;
  readonly digest: string | null;
  readonly digest_algorithm: string | null;
  readonly vram_bytes: number | null;
  readonly gpu_device: number | null;
  readonly gpu_uuid: string | null;
  readonly backend: string | null;
  /** True where no GPU is behind the device. */
  readonly simulated: boolean | null;
  /** `null` if it was sealed before the first record that is left. */
  readonly sealed: SealStated | null;
  readonly last_verified: VerificationStated | null;
  readonly last_failure: FailureStated | null;
  /** `null` if no record says that it ended. */
  readonly ended: EndStated | null;
}
