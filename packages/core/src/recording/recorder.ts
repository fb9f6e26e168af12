import { AuditError, type AuditEvent, type AuditSink } from '@vram-residency/audit-chain';
import { VramError } from '../errors.js';
import type { Metrics } from '../manager/metrics.js';

/**
 * - `best-effort`: operations do not wait for their records; a record that is not made durable goes to `onError`.
 * - `required`: an operation whose record cannot be made durable fails with `AUDIT_UNAVAILABLE` and is undone.
 */
export type AuditMode = 'best-effort' | 'required';

/** Hands events to the audit sink and answers for what becomes of them, as the audit mode demands. */
export class Recorder {
  readonly mode: AuditMode;
  readonly #sink: AuditSink | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #metrics: Metrics;

  constructor(
    sink: AuditSink | undefined,
    mode: AuditMode,
    onError: (error: unknown) => void,
    metrics: Metrics,
  ) {
    this.#sink = sink;
    this.mode = mode;
    this.#onError = onError;
    this.#metrics = metrics;
  }

  /**
   * Records an event whose operation depends on it. The event is emitted before this returns, so that records stand
   * in the order of the calls.
   *
   * @throws VramError `AUDIT_UNAVAILABLE` in mode `required`, if the record does not become durable
   */
  record(event: AuditEvent): Promise<void> {
    if (this.mode === 'best-effort') return this.note(event);
    return this.#emit(event).catch((cause: unknown) => {
      this.#metrics.add('auditFailures');
      throw new VramError('AUDIT_UNAVAILABLE', `The record ${event.type} could not be made durable`, {
        cause,
      });
    });
  }

  /**
   * Records an event of something that has happened and cannot be undone, or is being undone already. Never rejects;
   * in mode `required` it resolves once the record is durable, or is known not to become so.
   */
  note(event: AuditEvent): Promise<void> {
    const settled = this.#emit(event).catch((error: unknown) => {
      // Whoever disabled auditing is not told of every record that is not made.
      if (error instanceof AuditError && error.code === 'LOG_DISABLED') return;
      this.#metrics.add('auditFailures');
      this.report(error);
    });
    return this.mode === 'required' ? settled : Promise.resolve();
  }

  /** Tells `onError` of a failure that no caller is told of. */
  report(error: unknown): void {
    try {
      this.#onError(error);
    } catch {
      // The failure of a failure handler has nobody left to go to.
    }
  }

  async #emit(event: AuditEvent): Promise<void> {
    await this.#sink?.emit(event).durable;
  }
}
