import { expect, vi } from 'vitest';
import { AuditError } from '../../src/errors.js';
import { AuditLog, type AuditLogSeams } from '../../src/node/audit-log.js';
import type { AuditLogOptions } from '../../src/node/audit-log-options.js';
import type { Severity } from '../../src/record/record.js';
import type { Chance } from './chance.js';
import type { LogModel } from './log-model.js';
import type { SimulatedProcess } from './simulated-process.js';

/** The event loop that is not simulated: everything that has been resolved by now goes on. */
const { setImmediate: nextTurn } = globalThis;
export const turn = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

/** No task has so many operations; one that does hangs. */
const MAX_OPERATIONS = 100_000;
/** In UTF-8 these are twice as many bytes: a record that is nearly too long. */
const MAX_TEXT_LENGTH = 32_000;

interface WriterParts {
  readonly model: LogModel;
  readonly chance: Chance;
}

/** A process that has the log open. What its receipts say goes to the model. */
export class SimulatedWriter {
  readonly process: SimulatedProcess;
  readonly log: AuditLog;
  /** What `onError` was told while the process lived. */
  readonly errors: AuditError[];
  /** Number of records that were dropped. */
  dropped = 0;
  /** Receipts that said what they must not say. */
  readonly unexpected: string[] = [];
  readonly #model: LogModel;
  readonly #chance: Chance;

  private constructor(
    process: SimulatedProcess,
    log: AuditLog,
    errors: AuditError[],
    { model, chance }: WriterParts,
  ) {
    this.process = process;
    this.log = log;
    this.errors = errors;
    this.#model = model;
    this.#chance = chance;
  }

  /** Gives the error if the log was not opened, and `undefined` if the process was killed meanwhile. */
  static async open(
    process: SimulatedProcess,
    options: Omit<AuditLogOptions, 'onError'>,
    seams: Omit<AuditLogSeams, 'fileSystem'>,
    parts: WriterParts,
  ): Promise<SimulatedWriter | AuditError | undefined> {
    const errors: AuditError[] = [];
    const onError = (error: AuditError): void => {
      if (!process.isDead) errors.push(error);
    };
    let outcome: AuditLog | AuditError | undefined;
    AuditLog.open({ ...options, onError }, { ...seams, fileSystem: process }).then(
      (log) => {
        outcome = log;
      },
      (error: AuditError) => {
        outcome = error;
      },
    );
    await turn();
    await work(process, () => outcome !== undefined);
    if (process.isDead) return undefined;
    if (outcome instanceof AuditLog) return new SimulatedWriter(process, outcome, errors, parts);
    expect(process.openDescriptors, 'a log that was not opened holds nothing open').toBe(0);
    return outcome instanceof AuditError ? outcome : expect.unreachable('opening comes to an end');
  }

  get hasFailed(): boolean {
    return this.errors.some(({ code }) => code === 'WRITER_FAILED');
  }

  emitSome(): void {
    for (let count = this.#chance.pick([1, 1, 3, 20]); count > 0 && !this.process.isDead; count--) {
      if (this.#chance.happens(0.02)) this.#emitInvalid();
      const textLength = this.#chance.happens(0.03) ? this.#chance.integer(0, MAX_TEXT_LENGTH) : 10;
      this.emit(this.#chance.weighted({ INFO: 12, WARNING: 3, CRITICAL: 1 }), textLength);
    }
  }

  /** More than the buffer takes. */
  emitTooMany(): void {
    for (let count = 0; count < 950; count++) this.emit('INFO', 0);
    for (let count = 0; count < 80; count++) this.emit('CRITICAL', 0);
  }

  emit(severity: Severity, textLength: number): void {
    if (this.process.isDead) return;
    const { n, event } = this.#model.event(severity, textLength);
    this.log.emit(event).durable.then(
      ({ seq, leaf }) => {
        if (!this.process.isDead) this.#model.acknowledge(n, seq, leaf);
      },
      (error: AuditError) => {
        if (!this.process.isDead) this.#refused(n, severity, error);
      },
    );
  }

  #emitInvalid(): void {
    const members = this.#chance.pick([{ seq: 1 }, { n: 0.5 }, { N: 1 }, { text: 'a'.repeat(70_000) }]);
    expect(() => this.log.emit({ type: 'test_event', severity: 'INFO', members })).toThrow(TypeError);
  }

  #refused(n: number, severity: Severity, { code }: AuditError): void {
    if (code === 'WRITER_FAILED') return; // it may be recorded all the same
    this.#model.refuse(n);
    this.dropped++;
    const mayBe = (code === 'BUFFER_FULL' || code === 'DISK_FULL') && severity !== 'CRITICAL';
    if (!mayBe) this.unexpected.push(`${severity}: ${code}`);
  }

  /** Everything up to here is on disk when it returns, unless the writer failed. */
  flushSync(): void {
    try {
      this.log.flushSync();
    } catch (error) {
      if (!this.process.isDead) expect(error).toMatchObject({ code: 'WRITER_FAILED' });
    }
  }

  /** Closes the log; gives the error that closing failed with, if it failed. */
  async close(): Promise<AuditError | undefined> {
    let isClosed = false;
    let failure: AuditError | undefined;
    this.log.close().then(
      () => {
        isClosed = true;
      },
      (error: AuditError) => {
        isClosed = true;
        failure = error;
      },
    );
    await turn();
    await work(this.process, () => isClosed);
    if (!this.process.isDead) {
      expect(isClosed, 'closing comes to an end').toBe(true);
      expect(this.process.openDescriptors, 'a closed log holds nothing open').toBe(0);
    }
    return failure;
  }
}

/** Carries out what a process asks for, until `isDone`, or so many operations, or nothing is left to do. */
export async function work(
  process: SimulatedProcess,
  isDone: () => boolean = () => false,
  operations: number = MAX_OPERATIONS,
): Promise<void> {
  for (let done = 0; done < operations && !process.isDead; done++) {
    if (process.pendingOperations === 0) {
      vi.advanceTimersByTime(0); // what setImmediate put off
      await turn();
      if (process.pendingOperations === 0) return;
    }
    process.complete();
    await turn();
    if (isDone() && process.pendingOperations === 0) return;
  }
  if (operations === MAX_OPERATIONS && !process.isDead) expect.unreachable('a writer comes to rest');
}
