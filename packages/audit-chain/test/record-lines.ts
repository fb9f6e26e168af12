import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';

const LOGS = new URL('./vectors/logs/', import.meta.url);
const HASH = 'a0'.repeat(32);
const LF = 0x0a;

/** The segments of all logs among the vectors, sound and damaged. */
export function vectorSegments(): Uint8Array[] {
  const logs = readdirSync(LOGS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return logs
    .map(({ name }) => new URL(`${name}/`, LOGS))
    .flatMap((log) =>
      readdirSync(log)
        .filter((file) => file.endsWith('.ndjson'))
        .map((file) => new Uint8Array(readFileSync(new URL(file, log)))),
    );
}

/** Bytes that end strings, numbers and objects. */
const ASCII = Array.from('"\\{}[],:0-9azAZ \u0000\u001f\u007f', (character) => character.charCodeAt(0));
/** Beginnings and ends of UTF-8's longer forms, and what is none of them. */
const HIGH = [0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xff];

const byte: fc.Arbitrary<number> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...ASCII) },
  { weight: 1, arbitrary: fc.constantFrom(...HIGH) },
  { weight: 1, arbitrary: fc.nat(255) },
);

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly put: readonly number[];
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(1000),
  remove: fc.constantFrom(0, 0, 1, 1, 2, 7, 74),
  put: fc.array(byte, { maxLength: 3 }),
});

/** Lines of real logs with some bytes changed, taken out or put in. */
function mutated(lines: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.constantFrom(...lines), fc.array(edit, { maxLength: 4 })).map(([line, edits]) => {
    let bytes = Array.from(line);
    for (const { at, remove, put } of edits) {
      const start = at % (bytes.length + 1);
      bytes = [...bytes.slice(0, start), ...put, ...bytes.slice(start + remove)];
    }
    return Uint8Array.from(bytes.filter((value) => value !== LF));
  });
}

/** JSON as JSON.stringify writes it, or in another spelling that is JSON too, or nearly. */
const spelling: fc.Arbitrary<string> = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'grapheme' }).map((text) => `"${text}"`),
  fc.constantFrom(
    '-0',
    '01',
    '1.0',
    '1e2',
    '9007199254740991',
    '9007199254740992',
    'nul',
    '"\\u0061"',
    '"\\/"',
  ),
  fc.constantFrom(
    '"\\ud800"',
    '"\\u001F"',
    '"\\u001f"',
    '[1, 2]',
    '{"a":1,"a":2}',
    '{"a":{"b":{"c":{}}}}',
    '"\u2028"',
  ),
);
const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,3}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('epoch', 'seq', 'mac', 'A', '', '__proto__', 'n'.repeat(64), 'n'.repeat(65)),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
);
const members: fc.Arbitrary<string> = fc
  .array(fc.tuple(name, spelling), { maxLength: 40 })
  .map((all) => all.map(([key, value]) => `,"${key}":${value}`).join(''));
const severity: fc.Arbitrary<string> = fc.constantFrom('INFO', 'INFO', 'WARNING', 'CRITICAL', 'info');
const seqs: fc.Arbitrary<string> = fc
  .oneof(fc.nat(), fc.constantFrom('-1', '00', '9007199254740991'))
  .map(String);
const epochs: fc.Arbitrary<string> = fc
  .oneof(fc.nat(9), fc.constantFrom('-1', '00', '9007199254740992'))
  .map(String);
const timestamp: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('2026-01-02T03:04:05.000006Z') },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-2]\d\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d\.\d{6}Z$/) },
);

/** Lines that have the envelope of a record, more or less. */
const generated: fc.Arbitrary<Uint8Array> = fc
  .tuple(seqs, timestamp, name, severity, name, members, epochs)
  .map(([seq, time, type, level, worker, own, epoch]) =>
    new TextEncoder().encode(
      `{"seq":${seq},"timestamp":"${time}","event_type":"${type}","severity":"${level}","worker_id":"${worker}"` +
        `${own},"epoch":${epoch},"prev":"${HASH}","mac":"${HASH}"}`,
    ),
  )
  .map((line) => line.filter((value) => value !== LF));

/** Lines that are records, nearly records, and none, without their LFs. */
export function anyLine(): fc.Arbitrary<Uint8Array> {
  const lines = vectorSegments().flatMap((segment) => linesOf(segment));
  const noise = fc.uint8Array().map((line) => line.filter((value) => value !== LF));
  return fc.oneof(
    { weight: 5, arbitrary: mutated(lines) },
    { weight: 5, arbitrary: generated },
    { weight: 1, arbitrary: noise },
  );
}

/** The complete lines of a segment. */
export function linesOf(segment: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = segment.indexOf(LF); end >= 0; end = segment.indexOf(LF, start)) {
    lines.push(segment.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** Lines one after another, each with its LF. */
export function joined(lines: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(lines.flatMap((line) => [...line, LF]));
}
