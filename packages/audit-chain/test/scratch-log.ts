import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AuditError } from '../src/errors.js';
import type { AuditEvent } from '../src/event/audit-event.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import { decodeRecord } from '../src/record/decode.js';
import type { LogRecord, Severity } from '../src/record/record.js';

/** A place for a log on disk, and what lies there. */
export class ScratchLog {
  readonly scratch: string = mkdtempSync(join(tmpdir(), 'audit-log-'));
  readonly dir: string = join(this.scratch, 'log');
  /** What `onError` was told. */
  readonly errors: AuditError[] = [];

  options(more: Partial<AuditLogOptions> = {}): AuditLogOptions {
    const onError = (error: AuditError): number => this.errors.push(error);
    // A reserve costs time at every opening; test/disk-full.test.ts has one.
    return { dir: this.dir, workerId: 'gpu-0', onError, reserveBytes: 0, ...more };
  }

  segments(): string[] {
    return readdirSync(this.dir).filter((name) => name.startsWith('segment-'));
  }

  /** All records; every line must be one. */
  records(): LogRecord[] {
    return this.segments().flatMap((name) => {
      const lines = readFileSync(join(this.dir, name), 'utf8').split('\n');
      expect(lines.pop()).toBe('');
      return lines.map((line) => {
        const { record, defect } = decodeRecord(Buffer.from(line));
        expect(defect).toBeUndefined();
        return record as LogRecord;
      });
    });
  }

  types(): string[] {
    return this.records().map(({ eventType }) => eventType);
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true });
  }
}

export function testEvent(n: number, severity: Severity = 'INFO'): AuditEvent {
  return { type: 'test_event', severity, members: { n } };
}
