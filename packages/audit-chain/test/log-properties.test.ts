import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import type { AuditEvent } from '../src/event/audit-event.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import type { JsonValue } from '../src/json/profile.js';
import { AuditLog } from '../src/node/audit-log.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { formatInclusionProof, parseInclusionProof, verifyRecord } from '../src/proof/inclusion-proof.js';
import { proveInclusion } from '../src/proof/prove.js';
import { type LogEntry, query } from '../src/query/query.js';
import { ENVELOPE_NAMES, SEVERITIES } from '../src/record/record.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestClock } from './test-clock.js';

// Whatever a writer lives through, its log verifies with either key, and holds what was acknowledged where it was.

const SECRET = 'a secret of sixteen bytes or more';

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/).filter((text) => !ENVELOPE_NAMES.has(text));
const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }), // every code point but surrogates, NUL and bidi controls included
  fc.constantFrom('\u0000\u001f\u007f\u2028\ufeff\\"', '\u{10ffff}', '', '"}\n{"seq":0'),
  fc.maxSafeInteger().map((n) => n + 0), // never -0
  fc.boolean(),
  fc.constant(null),
);
const nested = (inside: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
  fc.oneof(leaf, fc.array(inside, { maxLength: 3 }), fc.dictionary(name, inside, { maxKeys: 3 }));
// The record is the first of four levels.
const value = nested(nested(nested(leaf)));
const event: fc.Arbitrary<AuditEvent> = fc.record({
  type: name.map((text) => `t_${text}`),
  severity: fc.constantFrom(...SEVERITIES),
  members: fc.dictionary(name, value, { maxKeys: 5 }),
});

type Step =
  | { readonly do: 'emit'; readonly event: AuditEvent }
  /** More than the buffer takes, CRITICAL records last: they are written synchronously. */
  | { readonly do: 'burst' }
  /** Lets the background writer begin, and does not wait for it. */
  | { readonly do: 'yield' }
  | { readonly do: 'flush' }
  | { readonly do: 'reopen' }
  | { readonly do: 'step clock'; readonly micros: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: event.map((emitted): Step => ({ do: 'emit', event: emitted })) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'flush' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'yield' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'burst' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reopen' }) },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: -200_000_000_000, max: 200_000_000_000 })
      .map((micros): Step => ({ do: 'step clock', micros })),
  },
);

const life = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  rotation: fc.record({ segmentBytes: fc.integer({ min: 1024, max: 8192 }), daily: fc.boolean() }),
  checkpoint: fc.record({ records: fc.integer({ min: 1, max: 20 }), afterCritical: fc.boolean() }),
  flush: fc.constantFrom(
    { mode: 'immediate' } as const,
    { mode: 'batched', records: 3, intervalMs: 5 } as const,
    { mode: 'hybrid', records: 5, intervalMs: 5 } as const,
  ),
});
type Life = typeof life extends fc.Arbitrary<infer Lived> ? Lived : never;

interface Acknowledged {
  readonly event: AuditEvent;
  readonly seq: number;
  readonly leaf: string;
}

const BURST: readonly AuditEvent[] = [
  ...Array.from({ length: 950 }, () => testEvent(1)),
  ...Array.from({ length: 70 }, () => testEvent(2, 'CRITICAL')),
];

/** Lives it; gives the log's key, all that was acknowledged, in the order of the emits, and how much was dropped. */
async function live(
  place: ScratchLog,
  { steps, ...settings }: Life,
): Promise<{
  readonly vkey: string;
  readonly acknowledged: readonly Acknowledged[];
  readonly dropped: number;
}> {
  const clock = new TestClock();
  const open = () => AuditLog.open(place.options({ ...settings, secret: SECRET }), { clock });
  const receipts: Promise<Acknowledged | undefined>[] = [];
  let log = await open();
  const emit = (emitted: AuditEvent): void => {
    const receipt = log.emit(emitted).durable.then(
      ({ seq, leaf: hash }) => ({ event: emitted, seq, leaf: toHex(hash) }),
      (error) => {
        expect([error.code, emitted.severity]).toEqual(['BUFFER_FULL', 'INFO']);
        return undefined;
      },
    );
    receipts.push(receipt);
  };
  for (const next of steps) {
    if (next.do === 'emit') emit(next.event);
    else if (next.do === 'burst') BURST.forEach(emit);
    else if (next.do === 'yield') await new Promise((resolve) => setImmediate(resolve));
    else if (next.do === 'flush') await log.flush();
    else if (next.do === 'step clock') clock.wall += next.micros;
    else {
      await log.close();
      log = await open();
    }
  }
  await log.close();
  const all = await Promise.all(receipts);
  const acknowledged = all.filter((receipt) => receipt !== undefined);
  return { vkey: log.vkey, acknowledged, dropped: all.length - acknowledged.length };
}

async function entriesOf(dir: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const onMalformed = (): never => expect.unreachable('a line is no record');
  for await (const entry of query(await openLog(dir), { onMalformed })) entries.push(entry);
  return entries;
}

test('any life of a log verifies, keeps what it acknowledged, and proves it', async () => {
  await fc.assert(
    fc.asyncProperty(life, fc.nat(), async (lived, some) => {
      const place = new ScratchLog();
      try {
        const { vkey, acknowledged, dropped } = await live(place, lived);
        expect(place.errors).toEqual([]);
        for (const keys of [{ vkey }, { secret: SECRET }, { vkey, secret: SECRET }]) {
          const result = await verifyLog(await openLog(place.dir), { ...keys, hashes });
          expect(result).toMatchObject({ status: 'verified', closed: true, defects: [] });
          expect(result.mac).toBe('secret' in keys ? 'verified' : 'not_checked');
        }
        const entries = await entriesOf(place.dir);
        expect(entries.map(({ record }) => record.seq)).toEqual(entries.map((_, seq) => seq));
        const times = entries.map(({ record }) => record.timestamp);
        expect(times).toEqual(times.toSorted());
        for (const { event: emitted, seq, leaf: hash } of acknowledged) {
          const { record, bytes } = entries[seq] as LogEntry;
          expect(toHex(leafHash(hashes, bytes))).toBe(hash);
          expect([record.eventType, record.severity]).toEqual([emitted.type, emitted.severity]);
          expect(record.members).toEqual({ ...emitted.members });
        }
        const accounted = entries
          .filter(({ record }) => record.eventType === 'events_dropped')
          .reduce((sum, { record }) => sum + Number(record.members['count']), 0);
        expect(accounted).toBe(dropped);
        const numbers = acknowledged.map(({ seq }) => seq);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        // The last record is the last checkpoint, which covers all but itself.
        const seq = some % (entries.length - 1);
        const { proof, line } = await proveInclusion(await openLog(place.dir), seq, { vkey, hashes });
        const read = parseInclusionProof(formatInclusionProof(proof));
        expect(verifyRecord(read, line, vkey, hashes).record).toEqual(entries[seq]?.record);
      } finally {
        place.remove();
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
