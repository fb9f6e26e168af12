/// <reference lib="esnext.disposable" preserve="true" />
import { AuditError } from '../errors.js';
import type { AnchoredReceipt, AuditEvent, AuditSink } from './audit-event.js';

/** What of an `AuditLog` a program calls while it runs, without a log behind it. */
export interface DisabledAuditLog extends AuditSink, AsyncDisposable {
  /** Neither `durable` nor `anchored` of the receipt ever resolves: both reject with `LOG_DISABLED`. */
  emit(event: AuditEvent): AnchoredReceipt;
  /** Resolves: no record waits. */
  flush(): Promise<void>;
  /** Resolves: nothing is open. */
  close(): Promise<void>;
}

// One receipt for all: an event costs neither validation nor memory. Its rejection counts as handled.
const rejected: Promise<never> = Promise.reject(
  new AuditError('LOG_DISABLED', 'Auditing is disabled, so nothing is recorded'),
);
rejected.catch(() => undefined);
const receipt: AnchoredReceipt = Object.freeze({ durable: rejected, anchored: rejected });

/**
 * Stands in for an `AuditLog` where auditing is switched off:
 * `const auditLog = enabled ? await AuditLog.open(options) : disabledAuditLog`. Nothing is recorded, and nothing looks
 * as if it were: `durable` of every receipt rejects with `LOG_DISABLED`. Events are not looked at, not even for being
 * valid.
 */
export const disabledAuditLog: DisabledAuditLog = Object.freeze({
  emit: () => receipt,
  flush: async () => undefined,
  close: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
});
