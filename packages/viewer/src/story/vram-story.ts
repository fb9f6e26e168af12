import type { JsonValue } from '@vram-residency/audit-chain';
import { Column } from '../log/column.js';

type Members = Readonly<Record<string, JsonValue>>;

/** What a worker held on one device, as its records say. */
export interface DeviceUsage {
  readonly device: number;
  /** Milliseconds since 1970. */
  readonly times: Float64Array<ArrayBuffer>;
  /** Bytes held after each allocation or release. */
  readonly usedBytes: Float64Array<ArrayBuffer>;
  /** Bytes that the allocation took, negative for those that a release gave back. */
  readonly changes: Float64Array<ArrayBuffer>;
}

/** A shard from its seal to its end, as the records say. Times are milliseconds since 1970, rows those of the index. */
export interface ShardStay {
  readonly shardId: string;
  readonly modelRef: string | null;
  readonly device: number;
  readonly vramBytes: number;
  readonly simulated: boolean;
  readonly sealedRow: number;
  readonly sealedAt: number;
  endedRow: number | null;
  /** `null` while it is there. */
  endedAt: number | null;
  /** How it ended: the `reason` of its release, or `ended_unclean` where the log goes on with another run. */
  ended: string | null;
  /** Number of verifications that its records stand for. */
  verifications: number;
  lastVerifiedAt: number | null;
  lastVerifiedMode: string | null;
  /** The first few hundred of each, to draw. */
  readonly verifiedAt: number[];
  readonly failedRows: number[];
  readonly failedAt: number[];
}

/** What the log says of GPU memory. */
export interface VramStory {
  readonly devices: readonly DeviceUsage[];
  /** In order of their seals; the first {@link MAX_STAYS}. */
  readonly stays: readonly ShardStay[];
  /** Number of seals beyond them. */
  readonly furtherStays: number;
}

/** Bounds, so that no log can fill the memory. */
export const MAX_STAYS = 10_000;
const MAX_MARKS = 300;
const MAX_DEVICES = 256;

const TELLING: ReadonlySet<string> = new Set([
  'log_opened',
  'vram_allocated',
  'vram_deallocated',
  'vram_sealed',
  'seal_verified',
  'seal_verification_failed',
]);

/** Follows the records of a log in their order. What records say is taken as it is: verify the log as well. */
export class VramStoryBuilder {
  readonly #devices = new Map<number, DeviceColumns>();
  readonly #stays: ShardStay[] = [];
  readonly #resident = new Map<string, ShardStay>();
  #furtherStays = 0;

  /** Whether records of this type say something of it. */
  static tells(type: string): boolean {
    return TELLING.has(type);
  }

  add(row: number, time: number, type: string, members: Members): void {
    if (type === 'vram_sealed') this.#sealed(row, time, members);
    else if (type === 'seal_verified') this.#verified(time, members);
    else if (type === 'seal_verification_failed') this.#failed(row, time, members);
    else if (type === 'log_opened') this.#opened(row, time);
    else if (type === 'vram_allocated') {
      this.#use(time, members['gpu_device'], members['used_bytes'], members['allocated_bytes'], 1);
    } else if (type === 'vram_deallocated') {
      this.#use(time, members['gpu_device'], members['remaining_used'], members['freed_bytes'], -1);
      this.#end(row, time, members['shard_id'], textOf(members['reason']) ?? 'released');
    }
  }

  finish(): VramStory {
    const devices = [...this.#devices].map(([device, { times, usedBytes, changes }]) => ({
      device,
      times: times.finish(),
      usedBytes: usedBytes.finish(),
      changes: changes.finish(),
    }));
    devices.sort((a, b) => a.device - b.device);
    return { devices, stays: this.#stays, furtherStays: this.#furtherStays };
  }

  #sealed(row: number, time: number, members: Members): void {
    const shardId = textOf(members['shard_id']);
    if (shardId === null) return;
    if (this.#stays.length >= MAX_STAYS) {
      this.#furtherStays++;
      return;
    }
    const stay: ShardStay = {
      shardId,
      modelRef: textOf(members['model_ref']),
      device: numberOf(members['gpu_device']) ?? 0,
      vramBytes: numberOf(members['vram_bytes']) ?? 0,
      simulated: members['simulated'] === true,
      sealedRow: row,
      sealedAt: time,
      endedRow: null,
      endedAt: null,
      ended: null,
      verifications: 0,
      lastVerifiedAt: null,
      lastVerifiedMode: null,
      verifiedAt: [],
      failedRows: [],
      failedAt: [],
    };
    this.#stays.push(stay);
    this.#resident.set(shardId, stay);
  }

  #verified(time: number, members: Members): void {
    const stay = this.#resident.get(textOf(members['shard_id']) ?? '');
    if (stay === undefined) return;
    stay.verifications += numberOf(members['count']) ?? 1;
    stay.lastVerifiedAt = time;
    stay.lastVerifiedMode = textOf(members['mode']);
    if (stay.verifiedAt.length < MAX_MARKS) stay.verifiedAt.push(time);
  }

  #failed(row: number, time: number, members: Members): void {
    const stay = this.#resident.get(textOf(members['shard_id']) ?? '');
    if (stay === undefined || stay.failedRows.length >= MAX_MARKS) return;
    stay.failedRows.push(row);
    stay.failedAt.push(time);
  }

  /** Device memory does not outlive the process that held it: what was resident at an opening ended without a record. */
  #opened(row: number, time: number): void {
    for (const shardId of [...this.#resident.keys()]) this.#end(row, time, shardId, 'ended_unclean');
  }

  #end(row: number, time: number, shardId: JsonValue | undefined, how: string): void {
    const id = textOf(shardId) ?? '';
    const stay = this.#resident.get(id);
    if (stay === undefined) return;
    stay.endedRow = row;
    stay.endedAt = time;
    stay.ended = how;
    this.#resident.delete(id);
  }

  #use(
    time: number,
    device: JsonValue | undefined,
    used: JsonValue | undefined,
    bytes: JsonValue | undefined,
    sign: number,
  ): void {
    const [number, usedBytes] = [numberOf(device), numberOf(used)];
    if (number === null || usedBytes === null) return;
    let columns = this.#devices.get(number);
    if (columns === undefined) {
      if (this.#devices.size >= MAX_DEVICES) return;
      columns = new DeviceColumns();
      this.#devices.set(number, columns);
    }
    columns.times.push(time);
    columns.usedBytes.push(usedBytes);
    columns.changes.push(sign * (numberOf(bytes) ?? 0));
  }
}

class DeviceColumns {
  readonly times = new Column((length) => new Float64Array(length));
  readonly usedBytes = new Column((length) => new Float64Array(length));
  readonly changes = new Column((length) => new Float64Array(length));
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
