import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '@vram-residency/audit-chain';
import { expect } from 'vitest';
import { audit, recordsOnDisk } from './auditor.js';
import { contentMarker } from './content.js';
import type { Gpu, Machine } from './machine.js';
import { machineUnderTest } from './machine-under-test.js';
import { holds, type Secret, secretsOf, textsShown } from './secrets.js';
import { Worker, type WorkerSetup } from './worker.js';

/** What came of the action that a scenario took last. */
type Outcome =
  | { readonly status: 'none' }
  | { readonly status: 'succeeded'; readonly value: unknown }
  | { readonly status: 'failed'; readonly error: unknown };

const GIB = 2 ** 30;
const DEFAULT_WORKER = 'gpu-0';

/**
 * What one scenario is about: a machine with a GPU, the workers on it, and what came of the last action. A
 * worker starts with the first step that needs it, so that the steps before can say how it is set up.
 */
export class World {
  /** How the GPU is; settable until something uses it. */
  gpu: Gpu = { capacityBytes: GIB };
  /** How workers are set up; settable until they start. */
  setup: WorkerSetup = {};
  /** Everything that was thrown and caught. */
  readonly errors: unknown[] = [];
  /** Names of contents that look random and must be shown nowhere. */
  readonly contents: Set<string> = new Set();
  #scratch: string | undefined;
  #machine: Promise<Machine> | undefined;
  readonly #workers = new Map<string, Worker>();
  #outcome: Outcome = { status: 'none' };
  #outcomeSeen = true;
  #underWay: Promise<void> | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #recordsBefore = new Map<string, number>();

  /** A folder of this scenario alone. */
  get scratch(): string {
    this.#scratch ??= mkdtempSync(join(tmpdir(), 'vram-residency-'));
    return this.#scratch;
  }

  /** The machine, the same for every worker of the scenario. */
  machine(): Promise<Machine> {
    this.#machine ??= machineUnderTest.start(this.gpu);
    return this.#machine;
  }

  /** The worker of that id, started if it was not. */
  async worker(id: string = DEFAULT_WORKER): Promise<Worker> {
    const running = this.#workers.get(id);
    if (running !== undefined) return running;
    const worker = await Worker.start(id, this.scratch, (await this.machine()).backend, this.setup);
    this.#workers.set(id, worker);
    return worker;
  }

  /** Ends a worker in order and starts it anew, with the same log. */
  async restart(id: string = DEFAULT_WORKER): Promise<Worker> {
    await (await this.worker(id)).close();
    this.#workers.delete(id);
    return this.worker(id);
  }

  /** Takes an action that may fail; the steps after it say what should have come of it. */
  async attempt(action: () => Promise<unknown>): Promise<void> {
    this.#assertOutcomeSeen();
    await this.#countRecords();
    await this.#take(action);
  }

  /** Begins an action that cannot end yet; {@link settle} waits for what came of it. */
  async begin(action: () => Promise<unknown>): Promise<void> {
    this.#assertOutcomeSeen();
    await this.#countRecords();
    this.#underWay = this.#take(action).finally(() => {
      this.#underWay = undefined;
    });
  }

  /** Whether an action that was begun has not ended. */
  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Waits for the action that was begun. */
  async settle(): Promise<void> {
    await this.#underWay;
  }

  /** Does something before the scenario is ended, whether it passed or not. */
  atEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** What the last action gave; throws what it threw. */
  success(): unknown {
    this.#outcomeSeen = true;
    if (this.#outcome.status === 'none') throw new Error('No action was taken');
    if (this.#outcome.status === 'failed') throw this.#outcome.error;
    return this.#outcome.value;
  }

  /** What the last action threw. */
  failure(): unknown {
    this.#outcomeSeen = true;
    if (this.#outcome.status !== 'failed') expect.fail('The last action did not fail');
    return this.#outcome.error;
  }

  /** What the worker has on record since before the last action, once everything is on disk. */
  async newRecords(id: string = DEFAULT_WORKER): Promise<LogRecord[]> {
    return (await this.records(id)).slice(this.#recordsBefore.get(id) ?? 0);
  }

  /** Everything the worker has on record, once everything is on disk. */
  async records(id: string = DEFAULT_WORKER): Promise<LogRecord[]> {
    const { log, logDir, logIsSpoilt } = await this.worker(id);
    if (!logIsSpoilt) await log.flush();
    return recordsOnDisk(logDir);
  }

  /** Everything that must be shown nowhere: tokens, keys, and the bytes of models that look random. */
  async secrets(): Promise<Secret[]> {
    const ofWorkers = await Promise.all([...this.#workers.values()].map(secretsOf));
    const ofModels = [...this.contents].map((name) => ({ what: 'model bytes', bytes: contentMarker(name) }));
    return [...ofWorkers.flat(), ...ofModels];
  }

  /** Ends what the scenario left running, and checks what every scenario promises. */
  async end({ passed }: { readonly passed: boolean }): Promise<void> {
    const workers = [...this.#workers.values()];
    try {
      for (const cleanup of this.#cleanups) cleanup();
      await this.settle();
      const secrets = await this.secrets();
      for (const worker of workers) await worker.close().catch((error: unknown) => this.errors.push(error));
      if (!passed) return;
      this.#assertOutcomeSeen();
      for (const worker of workers) await this.#assertEndedWell(worker);
      const machine = await this.#machine;
      expect(machine?.pending ?? 0, 'planned faults that never happened').toBe(0);
      await machine?.end();
      const texts = await textsShown(this.errors, workers);
      const shown = secrets.filter((secret) => texts.some((text) => holds(text, secret)));
      expect(shown.map(({ what }) => what)).toEqual([]);
    } finally {
      if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true });
    }
  }

  async #take(action: () => Promise<unknown>): Promise<void> {
    this.#outcomeSeen = false;
    try {
      this.#outcome = { status: 'succeeded', value: await action() };
    } catch (error) {
      this.errors.push(error);
      this.#outcome = { status: 'failed', error };
    }
  }

  async #assertEndedWell(worker: Worker): Promise<void> {
    expect(worker.manager.metrics()).toMatchObject({ residentShards: 0, usedBytes: 0 });
    if (worker.logIsSpoilt) return;
    for (const key of [{ vkey: worker.log.vkey }, { secret: worker.secret }]) {
      const { status, defects } = await audit(worker.logDir, key);
      expect({ status, defects }).toEqual({ status: 'verified', defects: [] });
    }
  }

  async #countRecords(): Promise<void> {
    for (const id of this.#workers.keys()) this.#recordsBefore.set(id, (await this.records(id)).length);
  }

  #assertOutcomeSeen(): void {
    if (this.#outcomeSeen) return;
    this.#outcomeSeen = true;
    if (this.#outcome.status === 'failed') throw this.#outcome.error;
  }
}
