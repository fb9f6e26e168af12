import type { LogRecord } from '@vram-residency/audit-chain';
import { expect } from 'vitest';
import { audit } from '../support/auditor.js';
import { isSize, parseSize } from '../support/content.js';
import type { Row, StepSet } from '../support/define-step.js';
import { machineUnderTest } from '../support/machine-under-test.js';

/** What the log holds. */
export const recordSteps: StepSet = (step) => {
  step('this is recorded:', async (world, rows) => {
    expectRecords(await world.newRecords(), rows);
  });

  step('the log tells, in this order:', async (world, rows) => {
    expectRecords(await world.records(), rows);
  });

  step('nothing is recorded', async (world) => {
    expect(await world.newRecords()).toEqual([]);
  });

  step(
    'the log accounts for {int} verifications of shard {string} in at most {int} records',
    async (world, verifications, shardId, most) => {
      const counts = (await world.records()).flatMap(({ eventType, members }) =>
        eventType === 'seal_verified' && members['shard_id'] === shardId ? [members['count'] as number] : [],
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(verifications);
      expect(counts.length).toBeLessThanOrEqual(most);
    },
  );

  step('an auditor finds the log whole, with the public key and with the secret', async (world) => {
    const worker = await world.worker();
    await worker.close();
    const keys = [{ vkey: worker.log.vkey }, { secret: worker.secret }];
    const [byKey, bySecret] = await Promise.all(keys.map((key) => audit(worker.logDir, key)));
    expect(byKey).toMatchObject({
      status: 'verified',
      exitCode: 0,
      closed: true,
      tail: 0,
      keySource: 'given',
    });
    expect(bySecret).toMatchObject({ status: 'verified', exitCode: 0, closed: true, mac: 'verified' });
  });
};

/**
 * Compares records with a table, one row for each, in order. The columns `event` and `severity` are the envelope's,
 * all others are members; an empty cell is not compared.
 */
export function expectRecords(records: readonly LogRecord[], rows: readonly Row[]): void {
  expect(records.map(({ eventType }) => eventType)).toEqual(rows.map(({ event }) => event));
  for (const [i, row] of rows.entries()) {
    const { members, severity } = records[i] as LogRecord;
    const { event: _event, ...cells } = row;
    const compared = Object.entries(cells).filter(([, cell]) => cell !== '');
    const found = compared.map(([column]) => [column, column === 'severity' ? severity : members[column]]);
    const wanted = compared.map(([column, cell]) => [column, expected(cell)]);
    expect(Object.fromEntries(found), row['event']).toEqual(Object.fromEntries(wanted));
  }
}

/** Compares the members of an object with a table of the columns `member` and `value`. */
export function expectMembers(object: Readonly<Record<string, unknown>>, rows: readonly Row[]): void {
  const wanted = rows.map(({ member, value }) => [member, expected(value as string)]);
  const found = rows.map(({ member }) => [member, object[member as string]]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
}

const DIGEST = /^(?:blake3|sha256|sha256-fsverity):[0-9a-f]{64}$/;
const MINUTE_MS = 60_000;

/** Cells that stand for more than one value. */
const PATTERNS: Readonly<Record<string, () => unknown>> = {
  'a digest': () => expect.stringMatching(DIGEST),
  '32 hexadecimal digits': () => expect.stringMatching(/^[0-9a-f]{32}$/),
  '64 hexadecimal digits': () => expect.stringMatching(/^[0-9a-f]{64}$/),
  'a UTC time of this minute': () => expect.toSatisfy(isTimeOfThisMinute),
  'the backend in use': () => machineUnderTest.backendName,
  'the uuid of the GPU': () => machineUnderTest.gpuUuid,
  'some text': () => expect.stringMatching(/^.+$/),
  'no member': () => undefined,
};

/** What a cell stands for: a pattern, a size, a number, true, false, null, or the text that it is. */
function expected(cell: string): unknown {
  const pattern = PATTERNS[cell];
  if (pattern !== undefined) return pattern();
  if (isSize(cell)) return parseSize(cell);
  return /^(?:\d+|true|false|null)$/.test(cell) ? JSON.parse(cell) : cell;
}

function isTimeOfThisMinute(text: unknown): boolean {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/.test(text)) return false;
  return Math.abs(Date.now() - Date.parse(text)) < MINUTE_MS;
}
