import { expect, vi } from 'vitest';
import { AuditError } from '../../src/errors.js';
import { type CheckpointSigner, LocalSigner } from '../../src/keys/signing-key.js';
import type { AuditLogOptions } from '../../src/node/audit-log-options.js';
import type { DirectoryLock } from '../../src/node/lock.js';
import type { LogRecord } from '../../src/record/record.js';
import { SECRET } from '../make-log.js';
import { TestClock } from '../test-clock.js';
import { Chance } from './chance.js';
import { CrashDisk, type Inode } from './crash-disk.js';
import { LogModel, type LogState } from './log-model.js';
import { type Faults, SimulatedProcess } from './simulated-process.js';
import { SimulatedWriter, turn, work } from './simulated-writer.js';
import { tamper } from './tamper.js';

const DIRECTORY = '/logs/log';
const HEALTHY: Faults = { failing: 0, killing: 0 };
const FAULTS: readonly Faults[] = [
  HEALTHY,
  { failing: 0, killing: 0.004 },
  { failing: 0.004, killing: 0 },
  { failing: 0.03, killing: 0.01 },
];

/** How opening may fail where something is in the way. */
const FAILURES: readonly string[] = ['WRITER_FAILED', 'DISK_FULL'];

/** What happens while a writer has the log open, and how often. */
const STEPS = {
  emit: 20,
  operations: 40,
  rest: 8,
  wait: 4,
  'wall clock': 2,
  flush: 3,
  flushSync: 10,
  overflow: 0.3,
  signer: 2,
  'second writer': 1,
  'disk full': 1,
  'room again': 2,
  reader: 3,
} as const;

type WriterOptions = Omit<AuditLogOptions, 'onError'>;

/** What an injected signer does. */
type Signing = 'signs' | 'signs later' | 'fails' | 'signs something else';

/**
 * The life of one log, decided by a seed: processes that write it, on a disk that fails and loses what was not fsynced,
 * until the last closes it in order.
 */
export class SimulatedLife {
  /** Everything that happened, in order. */
  readonly trace: string[] = [];
  readonly model: LogModel = new LogModel();
  readonly #chance: Chance;
  readonly #disk: CrashDisk;
  readonly #clock = new TestClock();
  readonly #options: WriterOptions;
  #lockedBy: SimulatedProcess | undefined;
  #signing: Signing = 'signs';
  /** Whether something is in the way of the process that has the log open. */
  #mayFail = false;
  /** Number of dropped records that the log told of when it was opened. */
  #droppedBefore = 0;
  #backup: ReadonlyMap<string, Inode> | undefined;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#disk = new CrashDisk(this.#chance);
    this.#options = this.#makeOptions();
  }

  /** @throws AssertionError if anything is not as the model has it */
  async live(): Promise<void> {
    for (let sessions = this.#chance.integer(2, 7); sessions > 0; sessions--) {
      await this.#session(this.#chance.pick(FAULTS));
      if (this.#chance.happens(0.2)) await this.#refuseTampered();
      if (this.#chance.happens(0.3)) this.#backup = this.#disk.copy();
    }
    this.#signing = 'signs';
    this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
    const writer = await this.#open(HEALTHY);
    if (writer === undefined) expect.unreachable('a sound log is opened');
    writer.emit('INFO', 1);
    await this.#close(writer);
    await this.#check('closed');
  }

  /** A process from its start to its end, and perhaps that of the machine. */
  async #session(faults: Faults): Promise<void> {
    const writer = await this.#open(faults);
    for (let steps = this.#chance.integer(0, 40); steps > 0; steps--) {
      if (writer === undefined || writer.process.isDead) break;
      await this.#step(writer);
    }
    if (writer !== undefined && !writer.process.isDead && this.#chance.happens(0.5)) {
      await this.#close(writer);
    }
    this.#end(writer?.process);
    await this.#check('killed');
    if (this.#chance.happens(0.5)) {
      this.trace.push('power cut');
      this.#disk.cutPower();
      await this.#check('cut');
    }
  }

  /** The process ends, if it has not; the kernel lets go of its lock. */
  #end(process: SimulatedProcess | undefined): void {
    process?.kill();
    this.#lockedBy = undefined;
    vi.clearAllTimers();
  }

  async #step(writer: SimulatedWriter): Promise<void> {
    const { log, process } = writer;
    const chance = this.#chance;
    const step = chance.weighted(STEPS);
    this.trace.push(step);
    switch (step) {
      case 'emit':
        writer.emitSome();
        break;
      case 'operations':
        await work(process, undefined, chance.integer(1, 8));
        break;
      case 'rest':
        await work(process);
        if (!process.isDead) await this.#check(writer.hasFailed ? 'killed' : 'open');
        break;
      case 'wait':
        this.#pass(chance.pick([1, 1000, 15_000, 86_400_000]));
        break;
      case 'wall clock':
        this.#clock.wall = chance.pick([
          Math.max(0, this.#clock.wall - 3_600_000_000),
          this.#clock.wall + 120_000_000,
          0,
          Date.UTC(2026, 6, 1) * 1000,
          Date.UTC(2099, 0, 1) * 1000,
        ]);
        break;
      case 'flush':
        void log.flush().catch(() => undefined);
        break;
      case 'flushSync':
        writer.flushSync();
        break;
      case 'overflow':
        writer.emitTooMany();
        break;
      case 'signer':
        this.#signing = chance.pick(['signs', 'signs', 'signs later', 'fails', 'signs something else']);
        break;
      case 'second writer':
        await this.#refuse('LOG_LOCKED', this.#options.workerId);
        break;
      case 'disk full':
        this.#disk.capacityBytes = this.#disk.usedBytes + chance.integer(0, 3000);
        this.#mayFail = true;
        break;
      case 'room again':
        this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
        break;
      case 'reader':
        this.model.see(this.#files());
        break;
    }
    await turn();
    this.#expectHealthy(writer);
  }

  /** Time passes on all clocks. */
  #pass(ms: number): void {
    this.#clock.pass(ms * 1000);
    vi.advanceTimersByTime(ms);
  }

  async #open(faults: Faults): Promise<SimulatedWriter | undefined> {
    this.#mayFail = faults.failing > 0 || Number.isFinite(this.#disk.capacityBytes);
    const process = this.#start(faults);
    const opened = await this.#tryOpen(process, this.#options);
    if (opened instanceof SimulatedWriter) {
      this.model.opened(opened.log.vkey);
      this.#droppedBefore = droppedIn(await this.#check('open'));
      return opened;
    }
    if (opened !== undefined && !(this.#mayFail && FAILURES.includes(opened.code))) throw opened;
    this.#end(process);
    return undefined;
  }

  #start(faults: Faults): SimulatedProcess {
    return new SimulatedProcess(this.#disk, this.#chance, faults, this.trace);
  }

  #tryOpen(
    process: SimulatedProcess,
    options: WriterOptions,
  ): Promise<SimulatedWriter | AuditError | undefined> {
    const seams = { clock: this.#clock, lockDirectory: () => this.#lock(process) };
    return SimulatedWriter.open(process, options, seams, { model: this.model, chance: this.#chance });
  }

  /** Closes the log in order; that fails only where something was in the way. */
  async #close(writer: SimulatedWriter): Promise<void> {
    const failure = await writer.close();
    this.#expectHealthy(writer);
    if (writer.process.isDead) return;
    if (failure !== undefined) {
      expect(failure.code).toBe('WRITER_FAILED');
      expect(writer.hasFailed).toBe(true);
      return;
    }
    const isSigned = writer.errors.every(({ code }) => code !== 'SIGNER_FAILED');
    const records = await this.#check(isSigned ? 'closed' : 'open');
    expect(droppedIn(records) - this.#droppedBefore, 'what was dropped is accounted for').toBe(
      writer.dropped,
    );
  }

  #expectHealthy(writer: SimulatedWriter): void {
    expect(writer.unexpected).toEqual([]);
    expect(writer.process.strays, 'no descriptor is used after it was closed').toEqual([]);
    if (writer.hasFailed && !this.#mayFail) throw writer.errors.at(-1);
  }

  /** Opening is refused, and nothing is touched. */
  async #refuse(code: string, workerId: string): Promise<void> {
    const before = this.#contents();
    const refused = await this.#tryOpen(this.#start(HEALTHY), { ...this.#options, workerId });
    expect(refused).toMatchObject({ code });
    expect(this.#contents()).toEqual(before);
  }

  async #refuseTampered(): Promise<void> {
    this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
    const sound = this.#disk.copy();
    const tampering = tamper(this.#disk, DIRECTORY, this.#chance, this.#backup);
    if (tampering !== undefined) {
      this.trace.push(tampering.what);
      await this.#refuse(tampering.code, tampering.workerId ?? this.#options.workerId);
    }
    this.#disk.restore(sound);
  }

  async #lock(process: SimulatedProcess): Promise<DirectoryLock> {
    if (this.#lockedBy !== undefined) throw new AuditError('LOG_LOCKED', 'Another process has it open');
    this.#lockedBy = process;
    return {
      release: async () => {
        if (this.#lockedBy === process) this.#lockedBy = undefined;
      },
    };
  }

  /** Everything on the disk. */
  #contents(): (readonly [path: string, mode: number, content: string])[] {
    return [...this.#disk.copy()].map(([path, { mode, cached }]) => [
      path,
      mode,
      Buffer.from(cached).toString('base64'),
    ]);
  }

  #files(): Map<string, Uint8Array> {
    return this.#disk.hasDirectory(DIRECTORY) ? this.#disk.files(DIRECTORY) : new Map();
  }

  #check(state: LogState): Promise<readonly LogRecord[]> {
    return this.model.check(this.#files(), state);
  }

  #makeOptions(): WriterOptions {
    const chance = this.#chance;
    const isInjected = chance.happens(0.4);
    const waiting = { records: chance.integer(1, 20), intervalMs: 50 };
    return {
      dir: DIRECTORY,
      workerId: 'gpu-0',
      secret: SECRET,
      reserveBytes: chance.pick([0, 0, 2_097_152]),
      flush: chance.pick([
        { mode: 'immediate' },
        { mode: 'batched', ...waiting },
        { mode: 'hybrid', ...waiting },
      ]),
      checkpoint: { records: chance.integer(1, 40), afterCritical: chance.happens(0.7) },
      rotation: { segmentBytes: chance.integer(1024, 20_000), daily: chance.happens(0.5) },
      ...(isInjected && { signer: this.#makeSigner() }),
    };
  }

  #makeSigner(): CheckpointSigner {
    const local = new LocalSigner(new Uint8Array(32).fill(7));
    const sign = (message: Uint8Array): Uint8Array | Promise<Uint8Array> => {
      switch (this.#signing) {
        case 'signs':
          return local.sign(message);
        case 'signs later':
          return Promise.resolve(local.sign(message));
        case 'signs something else':
          return local.sign(message.subarray(1));
        case 'fails':
          throw new Error('The signer is down');
      }
    };
    return { publicKey: local.publicKey, sign };
  }
}

function droppedIn(records: readonly LogRecord[]): number {
  const told = records.filter(({ eventType }) => eventType === 'events_dropped');
  return told.reduce((sum, { members }) => sum + Number(members['count']), 0);
}
