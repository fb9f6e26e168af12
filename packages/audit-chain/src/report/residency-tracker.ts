import type { LogRecord } from '../record/record.js';
import { countMember, flagMember, textMember } from './member-values.js';
import type { ShardResidency, Stated } from './shard-residency.js';

/** Most shards that are followed at once, so that no log can fill the memory. */
const MAX_SHARDS = 65_536;

/** A residency while records go on. */
export type TrackedShard = { -readonly [Member in keyof ShardResidency]: ShardResidency[Member] };

/** Follows shards through the records of a log, in order: which are sealed, and what becomes of them. */
export class ResidencyTracker {
  readonly #resident = new Map<string, TrackedShard[]>();
  readonly #onBegin: ((shard: TrackedShard) => void) | undefined;
  readonly #onEnd: ((shard: TrackedShard) => void) | undefined;
  #size = 0;
  #last: LogRecord | undefined;
  /** Whether shards may have been sealed before the first record: it is not the log's first, and none was opened since. */
  #mayHaveOlder = false;
  /** Seals that were not followed, because too many were at once. */
  untracked = 0;

  constructor(onBegin?: (shard: TrackedShard) => void, onEnd?: (shard: TrackedShard) => void) {
    this.#onBegin = onBegin;
    this.#onEnd = onEnd;
  }

  /** The shards that are sealed after the records so far. */
  get resident(): readonly TrackedShard[] {
    return [...this.#resident.values()].flat();
  }

  take(record: LogRecord): void {
    if (this.#last === undefined) this.#mayHaveOlder = record.seq > 0;
    if (record.eventType === 'log_opened') this.#endUnclean(record);
    else if (record.eventType === 'vram_sealed') this.#begin(record, stated(record));
    else if (record.eventType === 'seal_verified') this.#verified(record);
    else if (record.eventType === 'seal_verification_failed') this.#failed(record);
    else if (record.eventType === 'vram_deallocated') this.#deallocated(record);
    this.#last = record;
  }

  /** A process that ended has lost its device memory, whether or not a record says so. */
  #endUnclean(record: LogRecord): void {
    this.#mayHaveOlder = false;
    for (const shard of this.resident) this.#end(shard, record, 'ended_unclean');
    this.#resident.clear();
    this.#size = 0;
  }

  #begin({ members, workerId }: LogRecord, sealedAt: Stated | null): TrackedShard | undefined {
    const shardId = textMember(members, 'shard_id');
    if (shardId === null) return undefined; // no record of this library's: nothing could be said of it
    if (this.#size >= MAX_SHARDS) {
      this.untracked++;
      return undefined;
    }
    const shard: TrackedShard = {
      shard_id: shardId,
      model_ref: textMember(members, 'model_ref'),
      shard_index: countMember(members, 'shard_index'),
      total_shards: countMember(members, 'total_shards'),
      digest: textMember(members, 'digest'),
      digest_algorithm: textMember(members, 'digest_algorithm'),
      vram_bytes: countMember(members, 'vram_bytes'),
      gpu_device: countMember(members, 'gpu_device'),
      gpu_uuid: textMember(members, 'gpu_uuid'),
      backend: textMember(members, 'backend'),
      simulated: flagMember(members, 'simulated'),
      sealed: sealedAt && { ...sealedAt, worker_id: workerId, actor: textMember(members, 'actor') },
      last_verified: null,
      last_failure: null,
      ended: null,
    };
    const key = keyOf(members);
    this.#resident.set(key, [...(this.#resident.get(key) ?? []), shard]);
    this.#size++;
    this.#onBegin?.(shard);
    return shard;
  }

  /** The shard that a record speaks of; of several with one id the one sealed last. */
  #shardOf(record: LogRecord): TrackedShard | undefined {
    const known = this.#resident.get(keyOf(record.members))?.at(-1);
    return known ?? (this.#mayHaveOlder ? this.#begin(record, null) : undefined);
  }

  #verified(record: LogRecord): void {
    const shard = this.#shardOf(record);
    if (shard === undefined) return;
    const { members } = record;
    shard.last_verified = {
      ...stated(record),
      mode: textMember(members, 'mode'),
      bytes_verified: countMember(members, 'bytes_verified'),
      count: countMember(members, 'count'),
    };
  }

  #failed(record: LogRecord): void {
    const reason = textMember(record.members, 'reason');
    // A seal that was presented need not be one of a shard that is there.
    const isResident = reason === 'digest_mismatch' || reason === 'device_error';
    const shard = isResident ? this.#shardOf(record) : this.#resident.get(keyOf(record.members))?.at(-1);
    if (shard !== undefined) shard.last_failure = { ...stated(record), reason };
  }

  #deallocated(record: LogRecord): void {
    const reason = textMember(record.members, 'reason');
    if (reason === 'seal_failed') return; // what never was sealed
    const shard = this.#shardOf(record);
    if (shard === undefined) return;
    const key = keyOf(record.members);
    const left = (this.#resident.get(key) ?? []).filter((other) => other !== shard);
    if (left.length === 0) this.#resident.delete(key);
    else this.#resident.set(key, left);
    this.#size--;
    this.#end(shard, record, reason);
  }

  #end(shard: TrackedShard, record: LogRecord, reason: string | null): void {
    const lastKnown = reason === 'ended_unclean' ? (this.#last ?? record) : record;
    shard.ended = { ...stated(record), reason, last_known_at: lastKnown.timestamp };
    this.#onEnd?.(shard);
  }
}

function stated({ timestamp, seq }: LogRecord): Stated {
  return { at: timestamp, seq };
}

/** One id may be used on two devices. */
function keyOf(members: LogRecord['members']): string {
  return JSON.stringify([countMember(members, 'gpu_device'), textMember(members, 'shard_id')]);
}
