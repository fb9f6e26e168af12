import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { judge } from './judge.js';
import { makeLog, SECRET, type Step } from './make-log.js';
import type { PlainOptions } from './oracle/plain-verifier.js';
import { type Files, linesOf, pruned, segmentNames, withFile, withLines } from './tampering.js';

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const PRUNING: Step = { type: 'segments_pruned', members: { first_seq: 0, last_seq: 6 } };
const log = makeLog([
  ...(['event', 'event', 'checkpoint', 'event', 'event', 'rotate'] as const), // segment 7 begins
  ...(['event', 'reopen', PRUNING, 'event', 'rotate'] as const), // segment 13
  ...(['event', 'checkpoint', 'event', 'reopen', 'event', 'close'] as const),
]);
const middle = segmentNames(log.files)[1] as string;

/** With the root key, the public key, both, neither, and with an anchor from early in the log. */
const KEYS: readonly PlainOptions[] = [
  { secret: SECRET },
  { vkey: log.vkey },
  { secret: SECRET, vkey: log.vkey },
  {},
  { vkey: log.vkey, anchors: [log.notes[0] as string] },
];

test('the fixture is sound in both verifiers, whole and pruned', async () => {
  const { verdict, expected } = await judge(log.files, { secret: SECRET, vkey: log.vkey });
  expect(verdict).toEqual(expected);
  expect(verdict).toMatchObject({
    status: 'verified',
    records: log.lines.length,
    closed: true,
    mac: 'verified',
  });
  const rest = await judge(pruned(log.files, 7), { vkey: log.vkey });
  expect(rest.verdict).toEqual(rest.expected);
  expect(rest.verdict).toMatchObject({ status: 'verified', firstSeq: 7 });
});

/** One way of tampering with a log; numbers are taken modulo what there is. */
type Mutation =
  | { readonly do: 'flip'; readonly segment: number; readonly at: number; readonly bit: number }
  | { readonly do: 'set'; readonly segment: number; readonly at: number; readonly bytes: readonly number[] }
  | {
      readonly do: 'insert';
      readonly segment: number;
      readonly at: number;
      readonly bytes: readonly number[];
    }
  | { readonly do: 'cut'; readonly segment: number; readonly at: number; readonly count: number }
  | { readonly do: 'remove line' | 'double line'; readonly segment: number; readonly line: number }
  | {
      readonly do: 'swap lines' | 'move line';
      readonly segment: number;
      readonly line: number;
      readonly to: number;
    }
  | { readonly do: 'replace'; readonly segment: number; readonly from: string; readonly to: string }
  | { readonly do: 'remove file' | 'empty file'; readonly file: number }
  | { readonly do: 'swap files'; readonly file: number; readonly other: number }
  | { readonly do: 'checkpoint'; readonly note: number };

const many = fc.nat(1_000_000);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 5 }).map((found) => [...found]);
const replacements = fc.constantFrom(
  ['"severity":"INFO"', '"severity":"CRITICAL"'],
  ['"epoch":1', '"epoch":2'],
  ['"epoch":2', '"epoch":1'],
  ['"epoch":3', '"epoch":0'],
  ['"worker_id":"gpu-0"', '"worker_id":"gpu-1"'],
  ['something_happened', 'checkpoint'],
  ['something_happened', 'segment_opened'],
  ['something_happened', 'log_opened'],
  ['something_happened', 'segments_pruned'],
  ['log_opened', 'log_closed'],
  ['segment_opened', 'something_happened'],
  ['"tree_size":', '"tree_sizes":'],
  ['\\n', '\\n\\n'],
  [':0', ':-0'],
  ['T03', 'T02'],
  ['"n":', '"n" :'],
  ['shard-', 'sh\\u0061rd-'],
  ['shard-', 'šhard-😀'],
  ['\n', '\r\n'],
) as fc.Arbitrary<[string, string]>;

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ do: fc.constant('flip' as const), segment: many, at: many, bit: fc.nat(7) }),
  fc.record({ do: fc.constant('set' as const), segment: many, at: many, bytes }),
  fc.record({ do: fc.constant('insert' as const), segment: many, at: many, bytes }),
  fc.record({ do: fc.constant('cut' as const), segment: many, at: many, count: fc.nat(600) }),
  fc.record({ do: fc.constantFrom('remove line', 'double line'), segment: many, line: many }),
  fc.record({ do: fc.constantFrom('swap lines', 'move line'), segment: many, line: many, to: many }),
  fc
    .record({ do: fc.constant('replace' as const), segment: many, pair: replacements })
    .map(({ pair: [from, to], ...rest }) => ({ ...rest, from, to })),
  fc.record({ do: fc.constantFrom('remove file' as const, 'empty file' as const), file: many }),
  fc.record({ do: fc.constant('swap files' as const), file: many, other: many }),
  fc.record({ do: fc.constant('checkpoint' as const), note: many }),
);

function mutate(files: Files, mutation: Mutation): Map<string, Uint8Array> {
  const names = segmentNames(files);
  if (names.length === 0) return new Map(files);
  const name = (index: number): string => names[index % names.length] as string;
  if ('other' in mutation) {
    const [one, other] = [name(mutation.file), name(mutation.other)];
    return withFile(withFile(files, one, files.get(other)), other, files.get(one));
  }
  if ('file' in mutation) {
    return withFile(files, name(mutation.file), mutation.do === 'empty file' ? new Uint8Array() : undefined);
  }
  if (mutation.do === 'checkpoint') {
    return withFile(
      files,
      'checkpoint',
      Buffer.from(log.notes[mutation.note % (log.notes.length + 1)] ?? 'no note'),
    );
  }
  const segment = name(mutation.segment);
  const old = Buffer.from(files.get(segment) as Uint8Array);
  const lines = linesOf(files, segment);
  if (old.length === 0 || lines.length === 0) return new Map(files);
  const line = 'line' in mutation ? mutation.line % lines.length : 0;
  const to = 'line' in mutation && 'to' in mutation ? mutation.to % lines.length : 0;
  switch (mutation.do) {
    case 'flip': {
      const at = mutation.at % old.length;
      return withFile(
        files,
        segment,
        old.map((byte, i) => (i === at ? byte ^ (1 << mutation.bit) : byte)),
      );
    }
    case 'set':
    case 'insert': {
      const at = mutation.at % old.length;
      const rest = old.subarray(at + (mutation.do === 'set' ? mutation.bytes.length : 0));
      return withFile(
        files,
        segment,
        Buffer.concat([old.subarray(0, at), Buffer.from(mutation.bytes), rest]),
      );
    }
    case 'cut': {
      const at = mutation.at % old.length;
      return withFile(
        files,
        segment,
        Buffer.concat([old.subarray(0, at), old.subarray(at + mutation.count)]),
      );
    }
    case 'remove line':
      return withLines(files, segment, lines.toSpliced(line, 1));
    case 'double line':
      return withLines(files, segment, lines.toSpliced(line, 0, lines[line] as Uint8Array));
    case 'swap lines':
      return withLines(
        files,
        segment,
        lines.with(line, lines[to] as Uint8Array).with(to, lines[line] as Uint8Array),
      );
    case 'move line':
      return withLines(files, segment, lines.toSpliced(line, 1).toSpliced(to, 0, lines[line] as Uint8Array));
    case 'replace': {
      const text = old.toString('utf8').replace(mutation.from, mutation.to);
      return withFile(files, segment, Buffer.from(text));
    }
  }
}

const COUNT = 700;

test.each([
  ['whole', log.files],
  ['pruned', pruned(log.files, 7)],
  [
    'of one segment',
    new Map([...log.files].filter(([name]) => !name.startsWith('segment-') || name === middle)),
  ],
] as const)('a tampered log, %s, is judged alike by both verifiers', async (_, files) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutations, { minLength: 1, maxLength: 4 }),
      fc.nat(KEYS.length - 1),
      async (steps, keys) => {
        const tampered = steps.reduce<Files>(mutate, files);
        const { verdict, expected } = await judge(tampered, KEYS[keys] as PlainOptions);
        expect(verdict).toEqual(expected);
      },
    ),
    { numRuns: COUNT },
  );
});
