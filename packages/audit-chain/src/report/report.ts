import type { Severity } from '../record/record.js';
import type { DefectReason } from '../verify/defect.js';
import type { VerificationJson } from '../verify/verification-result.js';
import type { ClauseReport } from './clauses.js';
import type { ShardResidency } from './shard-residency.js';

/** A record that somebody should look at: CRITICAL or WARNING. */
export interface Incident {
  readonly seq: number;
  readonly timestamp: string;
  readonly severity: Severity;
  readonly event_type: string;
  /** The text and number members among `shard_id`, `reason`, `violation`, `details`, `action_taken`, `count`, `from`, `to`. */
  readonly members: Readonly<Record<string, string | number>>;
}

/** Sequence numbers that retention took away, as a record says. */
export interface PrunedRange {
  readonly at: string;
  readonly first_seq: number | null;
  readonly last_seq: number | null;
}

/** Equal parts of the time from the first record to the last. */
export interface Timeline {
  /** Number of records of each severity in each part. */
  readonly severities: Readonly<Record<Severity, readonly number[]>>;
  /** By device: most bytes of VRAM that the worker held in each part; `null` where no record says. */
  readonly used_bytes: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What a log says, what verifying it came to, and what that evidences. Everything from the log is untrusted text. */
export interface Report {
  readonly made_at: string;
  readonly verification: VerificationJson;
  readonly range: {
    readonly first_seq: number | null;
    readonly last_seq: number | null;
    readonly first_timestamp: string | null;
    readonly last_timestamp: string | null;
  };
  readonly severities: Readonly<Record<Severity, number>>;
  readonly gaps: {
    /** Defects of each reason; of the first thousand. */
    readonly defects: Readonly<Partial<Record<DefectReason, number>>>;
    /** Events that the worker could not record, by its own account. */
    readonly events_dropped: number;
    readonly clock_jumps: number;
    /** Openings after which something had to be cut. */
    readonly recovered_openings: number;
    readonly openings: number;
  };
  readonly keys: {
    readonly key_source: 'given' | 'log';
    /** The verifier key that the first `log_opened` names. */
    readonly vkey: string | null;
    readonly root_kind: string | null;
  };
  readonly anchors: {
    /** Checkpoints from elsewhere that the log was compared with. */
    readonly given: number;
    readonly newest_checkpoint: { readonly tree_size: number | null; readonly at: string } | null;
  };
  readonly retention: {
    /** The first hundred. */
    readonly pruned: readonly PrunedRange[];
    readonly archived_segments: number;
  };
  readonly incidents: {
    /** The first hundred. */
    readonly listed: readonly Incident[];
    readonly more: number;
  };
  readonly shards: {
    /** The first two hundred that were sealed, or that later records speak of. */
    readonly listed: readonly ShardResidency[];
    readonly more: number;
  };
  readonly timeline: Timeline;
  readonly clauses: readonly ClauseReport[];
}
