import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordEngine } from '../src/engine/record-engine.js';
import { judge } from './judge.js';
import { makeLog, SECRET, type Step } from './make-log.js';
import { type Files, linesOf, segmentNames, withLines } from './tampering.js';

const events = (count: number): Step[] => new Array<Step>(count).fill('event');
/** Long runs of ordinary records, with checkpoints, openings and a rotation between them. */
const log = makeLog([
  ...events(40),
  'checkpoint',
  ...events(30),
  'reopen',
  ...events(25),
  'rotate',
  ...events(35),
  'close',
]);
const OPTIONS = [{ secret: SECRET }, { vkey: log.vkey, anchors: [log.notes[0] as string] }] as const;
const RUNS = 150;

/** One line of the log tampered with; numbers are taken modulo what there is. */
interface Mutation {
  readonly what: 'flip' | 'remove' | 'double' | 'swap';
  readonly segment: number;
  readonly line: number;
  readonly at: number;
  readonly bit: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  what: fc.constantFrom('flip', 'flip', 'remove', 'double', 'swap'),
  segment: fc.nat(1),
  line: fc.nat(1000),
  at: fc.nat(10_000),
  bit: fc.nat(7),
});

function mutate(files: Files, { what, segment, line, at, bit }: Mutation): Files {
  const name = segmentNames(files)[segment] as string;
  const lines = linesOf(files, name);
  const index = line % lines.length;
  const found = lines[index] as Uint8Array;
  if (what === 'remove') return withLines(files, name, lines.toSpliced(index, 1));
  if (what === 'double') return withLines(files, name, lines.toSpliced(index, 0, found));
  if (what === 'swap') {
    const other = at % lines.length;
    return withLines(files, name, lines.with(index, lines[other] as Uint8Array).with(other, found));
  }
  const flipped = found.map((byte, i) => (i === at % found.length ? byte ^ (1 << bit) : byte));
  return withLines(files, name, lines.with(index, flipped));
}

/** The same engine, with a smaller batch: lines then lie in several, and some are longer than one. */
function withBatchBytes(engine: RecordEngine, maxBatchBytes: number): RecordEngine {
  return {
    name: engine.name,
    maxBatchBytes,
    maxBatchRecords: engine.maxBatchRecords,
    scan: (bytes) => engine.scan(bytes),
    leafHashes: () => engine.leafHashes(),
    macs: (key, first, count) => engine.macs(key, first, count),
    firstMismatch: (stated, first, end) => engine.firstMismatch(stated, first, end),
    merkleLevel: (nodes) => engine.merkleLevel(nodes),
    wipe: () => engine.wipe(),
  };
}

/** Declares that a log, sound or tampered with, is judged over an engine as the plain verifier judges it. */
export function describeVerification(create: () => RecordEngine): void {
  const engine = create();

  test(`over ${engine.name} a sound log verifies`, async () => {
    for (const options of OPTIONS) {
      const { result, verdict, expected } = await judge(log.files, options, engine);
      expect(verdict).toEqual(expected);
      expect(result).toMatchObject({
        status: 'verified',
        engine: engine.name,
        events: { something_happened: 130, checkpoint: 3 },
      });
    }
  });

  test(`over ${engine.name} tampered logs are judged alike, in batches of any size`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { maxLength: 3 }),
        fc.integer({ min: 100, max: 40_000 }),
        fc.constantFrom(...OPTIONS),
        async (steps, batchBytes, options) => {
          const tampered = steps.reduce<Files>(mutate, log.files);
          const { verdict, expected } = await judge(tampered, options, withBatchBytes(engine, batchBytes));
          expect(verdict).toEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
  });
}
