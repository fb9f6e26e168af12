import { expect, test, vi } from 'vitest';
import { AuditLog } from '../node/audit-log.js';
import type { AuditEvent } from './audit-event.js';
import { disabledAuditLog } from './disabled-audit-log.js';

const event: AuditEvent = { type: 'something_happened', severity: 'CRITICAL', members: {} };

test('nothing looks recorded', async () => {
  await expect(disabledAuditLog.emit(event).durable).rejects.toMatchObject({
    name: 'AuditError',
    code: 'LOG_DISABLED',
    retriable: false,
  });
});

test('an event costs nothing: one receipt for all, events are not looked at', () => {
  const unreadable = new Proxy(event, {
    get: () => {
      throw new Error('the event was read');
    },
  });
  expect(disabledAuditLog.emit(unreadable)).toBe(disabledAuditLog.emit(event));
  expect(Object.isFrozen(disabledAuditLog.emit(event))).toBe(true);
});

test('ignored receipts are no unhandled rejections', async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  vi.resetModules();
  (await import('./disabled-audit-log.js')).disabledAuditLog.emit(event);
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});

test('is used as an open log is', async () => {
  const enabled = process.argv.includes('an argument that is never given');
  await using log = enabled
    ? await AuditLog.open({ dir: 'nowhere', workerId: 'gpu-0', onError: () => undefined })
    : disabledAuditLog;
  log.emit(event);
  expect(await log.flush()).toBeUndefined();
  expect(await log.close()).toBeUndefined();
  expect(await log.close()).toBeUndefined();
});
