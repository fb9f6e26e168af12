import { join } from 'node:path';
import type { AuditEvent, AuditSink, Receipt } from '@vram-residency/audit-chain';
import { AuditLog, type AuditLogOptions } from '@vram-residency/audit-chain/node';
import type { Allocation } from '@vram-residency/device';
import {
  type ModelSource,
  type SealedShard,
  type SealOptions,
  VramManager,
  type VramManagerEvents,
  type VramManagerOptions,
  vramOnly,
} from 'vram-residency';
import type { ObservedBackend } from './observed-backend.js';

/** How a worker is set up; what is left out is as below. */
export interface WorkerSetup
  extends Omit<Partial<VramManagerOptions>, 'auditLog' | 'backend' | 'onError' | 'workerId'> {
  readonly log?: Partial<AuditLogOptions>;
}

/** One thing that a worker told its listeners. */
export interface Notice {
  readonly name: keyof VramManagerEvents;
  readonly payload: unknown;
}

/** Passes events on to a log, and can do something first. */
class WatchedLog implements AuditSink {
  beforeEvent: ((type: string) => void) | undefined;
  readonly #log: AuditLog;

  constructor(log: AuditLog) {
    this.#log = log;
  }

  emit(event: AuditEvent): Receipt {
    this.beforeEvent?.(event.type);
    return this.#log.emit(event);
  }
}

/** A worker as its developer writes it: a manager on a device, and its audit log on disk. */
export class Worker {
  readonly id: string;
  readonly token: string | Uint8Array;
  /** What its auditor derives the log's root key from. */
  readonly secret: string;
  readonly log: AuditLog;
  /** Where the log lies now. */
  logDir: string;
  /** Whether the log was made unwritable, or altered: it need not stand up to an auditor then. */
  logIsSpoilt = false;
  readonly manager: VramManager;
  readonly notices: readonly Notice[];
  /** Failures that no call reported. */
  readonly reported: readonly unknown[];
  readonly #watchedLog: WatchedLog;
  readonly #backend: ObservedBackend;
  readonly #shards = new Map<string, SealedShard>();
  readonly #memory = new Map<string, Allocation>();

  private constructor(parts: {
    readonly id: string;
    readonly token: string | Uint8Array;
    readonly secret: string;
    readonly log: AuditLog;
    readonly logDir: string;
    readonly manager: VramManager;
    readonly reported: readonly unknown[];
    readonly watchedLog: WatchedLog;
    readonly backend: ObservedBackend;
  }) {
    this.id = parts.id;
    this.token = parts.token;
    this.secret = parts.secret;
    this.log = parts.log;
    this.logDir = parts.logDir;
    this.manager = parts.manager;
    this.reported = parts.reported;
    this.#watchedLog = parts.watchedLog;
    this.#backend = parts.backend;
    const notices: Notice[] = [];
    for (const name of ['stopped', 'violation', 'verificationFailed'] as const) {
      this.manager.on(name, (payload) => notices.push({ name, payload }));
    }
    this.notices = notices;
  }

  /** Starts a worker whose log lies in `<scratch>/<id>`; an earlier log there is continued. */
  static async start(
    id: string,
    scratch: string,
    backend: ObservedBackend,
    setup: WorkerSetup,
  ): Promise<Worker> {
    const { log: logOptions, ...managerOptions } = setup;
    const logDir = join(scratch, id);
    const secret = `what only the auditor of ${id} knows`;
    const reported: unknown[] = [];
    const onError = (error: unknown): void => {
      reported.push(error);
    };
    const log = await AuditLog.open({ dir: logDir, workerId: id, secret, onError, ...logOptions });
    const watchedLog = new WatchedLog(log);
    try {
      const token = managerOptions.workerToken ?? `credential of the worker ${id}`;
      const manager = await VramManager.open({
        policy: vramOnly({ allowSimulated: true }),
        ...managerOptions,
        workerToken: token,
        workerId: id,
        backend,
        auditLog: watchedLog,
        onError,
      });
      return new Worker({ id, token, secret, log, logDir, manager, reported, watchedLog, backend });
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Seals and remembers the shard, and which of the device's allocations it lies in. */
  async seal(source: ModelSource, options: SealOptions = {}): Promise<SealedShard> {
    const before = new Set(this.#backend.allocations);
    const shard = await this.manager.sealModel(source, options);
    this.#shards.set(shard.shardId, shard);
    const made = this.#backend.allocations.filter((allocation) => !before.has(allocation));
    // Where several seals run at once it is not known whose memory is whose; no scenario asks then.
    if (made.length === 1) this.#memory.set(shard.shardId, made[0] as Allocation);
    return shard;
  }

  /** A shard that was sealed, released or not. */
  shard(shardId: string): SealedShard {
    const shard = this.#shards.get(shardId);
    if (shard === undefined) throw new Error(`No shard ${shardId} was sealed in this scenario`);
    return shard;
  }

  /** Every shard that was sealed, released or not. */
  get shards(): readonly SealedShard[] {
    return [...this.#shards.values()];
  }

  /** The device memory of a shard. */
  memoryOf(shardId: string): Allocation {
    const memory = this.#memory.get(shardId);
    if (memory === undefined) throw new Error(`Which memory shard ${shardId} lies in is not known`);
    return memory;
  }

  /** Does something just before an event of that type reaches the log. */
  beforeEvent(type: string, action: () => void): void {
    this.#watchedLog.beforeEvent = (emitted) => {
      if (emitted === type) action();
    };
  }

  /** Lets everything go, as a worker does when it is told to end. */
  async close(): Promise<void> {
    try {
      await this.manager.close();
    } finally {
      await this.log.close();
    }
  }
}
