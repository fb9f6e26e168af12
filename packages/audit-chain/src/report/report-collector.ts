import type { JsonValue } from '../json/profile.js';
import type { LogRecord, Severity } from '../record/record.js';
import { countMember, textMember } from './member-values.js';
import type { Incident, PrunedRange, Report, Timeline } from './report.js';
import { ResidencyTracker, type TrackedShard } from './residency-tracker.js';

const MAX_INCIDENTS = 100;
const MAX_PRUNED = 100;
const MAX_SHARDS = 200;
const MAX_DEVICES = 16;
const TIMELINE_PARTS = 120;
const TOLD_MEMBERS = ['shard_id', 'reason', 'violation', 'details', 'action_taken', 'count', 'from', 'to'];

/** What of a {@link Report} comes from the records alone. */
export interface Collected
  extends Pick<Report, 'severities' | 'retention' | 'incidents' | 'shards' | 'timeline'> {
  readonly gaps: Omit<Report['gaps'], 'defects'>;
  readonly keys: Omit<Report['keys'], 'key_source'>;
  readonly anchors: Omit<Report['anchors'], 'given'>;
}

/** Gathers the facts of a report from a log's records, in order; every list it keeps is bounded. */
export class ReportCollector {
  readonly #severities: Record<Severity, number> = { INFO: 0, WARNING: 0, CRITICAL: 0 };
  readonly #parts: Record<Severity, number[]> = { INFO: zeros(), WARNING: zeros(), CRITICAL: zeros() };
  readonly #used = new Map<string, (number | null)[]>();
  readonly #incidents: Incident[] = [];
  readonly #pruned: PrunedRange[] = [];
  readonly #shards: TrackedShard[] = [];
  readonly #tracker: ResidencyTracker;
  readonly #start: number;
  readonly #span: number;
  #shardCount = 0;
  #archived = 0;
  #dropped = 0;
  #jumps = 0;
  #recovered = 0;
  #openings = 0;
  #keys: Collected['keys'] = { vkey: null, root_kind: null };
  #checkpoint: Report['anchors']['newest_checkpoint'] = null;

  /** @param first and `last`: timestamps of the first and the last record */
  constructor(first: string | null, last: string | null) {
    this.#start = Date.parse(first ?? '1970-01-01T00:00:00Z');
    this.#span = Math.max(1, Date.parse(last ?? '1970-01-01T00:00:00Z') - this.#start);
    this.#tracker = new ResidencyTracker((shard) => {
      this.#shardCount++;
      if (this.#shards.length < MAX_SHARDS) this.#shards.push(shard);
    });
  }

  take(record: LogRecord): void {
    const part = this.#partOf(record.timestamp);
    this.#severities[record.severity]++;
    this.#parts[record.severity][part] = (this.#parts[record.severity][part] ?? 0) + 1;
    this.#tracker.take(record);
    if (record.severity !== 'INFO' && this.#incidents.length < MAX_INCIDENTS) {
      this.#incidents.push(incidentOf(record));
    }
    this.#takeMemory(record, part);
    this.#takeOwn(record);
  }

  end(): Collected {
    return {
      severities: this.#severities,
      gaps: {
        events_dropped: this.#dropped,
        clock_jumps: this.#jumps,
        recovered_openings: this.#recovered,
        openings: this.#openings,
      },
      keys: this.#keys,
      anchors: { newest_checkpoint: this.#checkpoint },
      retention: { pruned: this.#pruned, archived_segments: this.#archived },
      incidents: {
        listed: this.#incidents,
        more: this.#severities.WARNING + this.#severities.CRITICAL - this.#incidents.length,
      },
      shards: {
        listed: this.#shards,
        more: this.#shardCount + this.#tracker.untracked - this.#shards.length,
      },
      timeline: this.#timeline(),
    };
  }

  #timeline(): Timeline {
    return { severities: this.#parts, used_bytes: Object.fromEntries(this.#used) };
  }

  #partOf(timestamp: string): number {
    const part = Math.floor(((Date.parse(timestamp) - this.#start) / this.#span) * TIMELINE_PARTS);
    return Math.min(TIMELINE_PARTS - 1, Math.max(0, part));
  }

  #takeMemory({ eventType, members }: LogRecord, part: number): void {
    const member = { vram_allocated: 'used_bytes', vram_deallocated: 'remaining_used' }[eventType];
    const used = member === undefined ? null : countMember(members, member);
    if (used === null) return;
    const device = String(countMember(members, 'gpu_device') ?? 'unknown');
    const known = this.#used.get(device);
    if (known === undefined && this.#used.size >= MAX_DEVICES) return;
    const parts = known ?? Array.from({ length: TIMELINE_PARTS }, () => null);
    parts[part] = Math.max(used, parts[part] ?? 0);
    this.#used.set(device, parts);
  }

  /** Records of the log itself (format page, section 5). */
  #takeOwn({ eventType, timestamp, members }: LogRecord): void {
    if (eventType === 'log_opened') {
      if (this.#openings === 0) {
        this.#keys = { vkey: textMember(members, 'vkey'), root_kind: textMember(members, 'root_kind') };
      }
      this.#openings++;
      if (members['reason'] === 'recovered') this.#recovered++;
    } else if (eventType === 'events_dropped') this.#dropped += countMember(members, 'count') ?? 0;
    else if (eventType === 'clock_jumped') this.#jumps++;
    else if (eventType === 'segment_archived') this.#archived++;
    else if (eventType === 'checkpoint') {
      this.#checkpoint = { tree_size: countMember(members, 'tree_size'), at: timestamp };
    } else if (eventType === 'segments_pruned' && this.#pruned.length < MAX_PRUNED) {
      const range = {
        first_seq: countMember(members, 'first_seq'),
        last_seq: countMember(members, 'last_seq'),
      };
      this.#pruned.push({ at: timestamp, ...range });
    }
  }
}

function incidentOf({ seq, timestamp, severity, eventType, members }: LogRecord): Incident {
  const told = Object.entries(members).filter(
    (entry): entry is [string, string | number] => TOLD_MEMBERS.includes(entry[0]) && isTold(entry[1]),
  );
  return { seq, timestamp, severity, event_type: eventType, members: Object.fromEntries(told) };
}

function isTold(value: JsonValue): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function zeros(): number[] {
  return Array.from({ length: TIMELINE_PARTS }, () => 0);
}
