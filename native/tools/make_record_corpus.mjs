// @ts-check
// `node native/tools/make_record_corpus.mjs [--check]`: writes test/vectors/records.txt, or compares it. Lines of the
// audit log, sound and damaged, each with what the log's own decoder says of it. Build the packages first.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { decodeRecord } from '../../packages/audit-chain/dist/record/decode.js';

const LOGS = new URL('../../packages/audit-chain/test/vectors/logs/', import.meta.url);
const CORPUS = new URL('../test/vectors/records.txt', import.meta.url);
const MUTATIONS = 220;

const HASH = 'a0'.repeat(32);
const HEAD =
  '{"seq":7,"timestamp":"2024-02-29T23:59:59.999999Z","event_type":"e","severity":"INFO","worker_id":"w"';
const TAIL = `,"epoch":1,"prev":"${HASH}","mac":"${HASH}"}`;

/** A record with some text for its own members, which begins with a comma. */
const record = (/** @type {string} */ members) => `${HEAD}${members}${TAIL}`;

/** As long as `count` members of their own names. */
const members = (/** @type {number} */ count, /** @type {string} */ last) =>
  Array.from({ length: count }, (_, i) => `,"n${i}":0`).join('') + last;

const VALUES = [
  '0',
  '-0',
  '-1',
  '01',
  '1.0',
  '1e3',
  '+1',
  '9007199254740991',
  '-9007199254740991',
  '9007199254740992',
  '99999999999999999999',
  'true',
  'false',
  'null',
  'True',
  'nul',
  'NaN',
  '"',
  '""',
  '"a"b"',
  '"\\""',
  '"\\\\"',
  '"\\/"',
  '"\\b\\f\\n\\r\\t"',
  '"\\v"',
  '"\\u0000"',
  '"\\u001f"',
  '"\\u001F"',
  '"\\u000b"',
  '"\\u0008"',
  '"\\u0009"',
  '"\\u000a"',
  '"\\u000c"',
  '"\\u000d"',
  '"\\u0020"',
  '"\\u00e9"',
  '"\\u007f"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u00"',
  '"\t"',
  '"\u007f"',
  '"é€😀"',
  '"\u2028\ufeff\uffff"',
  '"1234567é"',
  '"12345678\\n"',
  '[]',
  '[ ]',
  '[1,2]',
  '[1,]',
  '[,1]',
  '[1 ,2]',
  '{}',
  '{"a":1}',
  '{"a":1,}',
  '{"a":1,"a":2}',
  '{"a":{"a":1}}',
  '{"a":{"b":1,"b":1}}',
  '{"seq":1,"epoch":2,"mac":""}',
  '{"A":1}',
  '{"":1}',
  '{"a b":1}',
  '{"_a":1}',
  '{"a_9":1}',
  '{"9":1}',
  '{"__proto__":1}',
  '{"a\\u0062":1}',
  `{"${'a'.repeat(64)}":1}`,
  `{"${'a'.repeat(65)}":1}`,
  '[[[]]]',
  '[[[[]]]]',
  '{"a":{"b":{}}}',
  '{"a":{"b":{"c":1}}}',
  '{"a":{"b":{"c":{}}}}',
  '[{"a":[1]}]',
  '[{"a":[[]]}]',
  '{"a":[{"b":1},{"b":1}]}',
  '{"a":1',
  '[1',
  '1]',
  `{"y":1,"epoch":1,"prev":"${HASH}","mac":"${HASH}"}`,
];

const TIMESTAMPS = [
  '2026-01-02T03:04:05.000006Z',
  '0000-01-01T00:00:00.000000Z',
  '2023-02-29T00:00:00.000000Z',
  '2000-02-29T00:00:00.000000Z',
  '1900-02-29T00:00:00.000000Z',
  '2026-04-31T00:00:00.000000Z',
  '2026-12-31T00:00:00.000000Z',
  '2026-13-01T00:00:00.000000Z',
  '2026-00-01T00:00:00.000000Z',
  '2026-01-00T00:00:00.000000Z',
  '2026-01-32T00:00:00.000000Z',
  '2026-01-01T24:00:00.000000Z',
  '2026-01-01T23:60:00.000000Z',
  '2026-01-01T23:59:60.000000Z',
  '2026-01-01T23:59:59.00000Z',
  '2026-01-01T23:59:59.0000000Z',
  '2026-01-01T23:59:59.000000z',
  '2026-01-01 23:59:59.000000Z',
  '2026-01-01T23:59:59.000000+00:00',
];

const REPLACEMENTS = /** @type {const} */ ([
  ['"seq":7', '"seq":0'],
  ['"seq":7', '"seq":1'],
  ['"seq":7', '"seq":-7'],
  ['"seq":7', '"seq":9007199254740991'],
  ['"seq":7', '"seq":9007199254740992'],
  ['"seq":7', '"seq":"7"'],
  ['"seq":7', '"seq": 7'],
  ['"epoch":1', '"epoch":7'],
  ['"epoch":1', '"epoch":8'],
  ['"epoch":1', '"epoch":-1'],
  ['"epoch":1', '"epoch":01'],
  ['"epoch":1', '"epoch":null'],
  ['"epoch":1', '"epoch":1,"x":1'],
  ['"epoch":1', '"x":1,"epoch":1'],
  ['"event_type":"e"', '"event_type":"E"'],
  ['"event_type":"e"', '"event_type":""'],
  ['"event_type":"e"', `"event_type":"${'e'.repeat(64)}"`],
  ['"event_type":"e"', `"event_type":"${'e'.repeat(65)}"`],
  ['"event_type":"e"', '"event_type":"a\\u0062"'],
  ['INFO', 'WARNING'],
  ['INFO', 'CRITICAL'],
  ['INFO', 'info'],
  ['INFO', 'INFOS'],
  ['INFO', ''],
  ['"w"', '"A-z0.9_:"'],
  ['"w"', '""'],
  ['"w"', '"w w"'],
  ['"w"', '"é"'],
  ['"w"', `"${'w'.repeat(128)}"`],
  ['"w"', `"${'w'.repeat(129)}"`],
  [',"prev"', ',"prev":"","prev"'],
  ['"worker_id":"w"', '"worker_id":"w","worker_id":"w"'],
  ['"severity":"INFO",', ''],
  [`"prev":"${HASH}",`, ''],
  [`"prev":"${HASH}"`, `"prev":"${HASH.toUpperCase()}"`],
  [`"prev":"${HASH}"`, `"prev":"${HASH}0"`],
  [`"prev":"${HASH}"`, `"prev":"${HASH.slice(1)}"`],
  [`"mac":"${HASH}"`, `"mac":"${HASH.slice(1)}g"`],
  [`"mac":"${HASH}"`, `"mac":"${HASH}" `],
  ['{"seq"', '\ufeff{"seq"'],
  ['{"seq"', ' {"seq"'],
  ['{"seq"', '[{"seq"'],
]);

/** Numbers that look random and are the same in every run (mulberry32). */
function random(/** @type {number} */ seed) {
  let state = seed;
  return (/** @type {number} */ limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

function* writtenByHand() {
  yield '';
  yield '{}';
  yield '[]';
  yield 'null';
  yield record('');
  for (const value of VALUES) yield record(`,"x":${value}`);
  for (const name of ['seq', 'timestamp', 'event_type', 'severity', 'worker_id', 'epoch', 'prev', 'mac']) {
    yield record(`,"${name}":1`);
  }
  yield record(',"x":1,"x":1');
  yield record(',"x":1,"y":1');
  yield record(',"x"');
  yield record(',');
  yield record(',"x":1,');
  yield record('"x":1');
  for (const count of [31, 32, 33, 40, 100]) {
    yield record(members(count, ',"z":0'));
    yield record(members(count, ',"n0":0'));
    yield record(members(count, `,"n${count - 1}":0`));
    yield record(`,"x":{"a":0${members(count, '')}},"y":{"a":0${members(count, ',"a":0')}}`);
  }
  for (const timestamp of TIMESTAMPS) yield record('').replace('2024-02-29T23:59:59.999999Z', timestamp);
  for (const [from, to] of REPLACEMENTS) yield record(',"x":1').replace(from, to);
  const whole = record(',"x":"é\\n"');
  for (let size = 0; size < whole.length; size += 3) yield whole.slice(0, size);
}

/** Lines of the vectors, and some with a few bytes changed, taken out, put in or doubled. */
function* fromLogs() {
  const lines = [];
  for (const log of readdirSync(LOGS, { withFileTypes: true })) {
    if (!log.isDirectory()) continue;
    const folder = new URL(`${log.name}/`, LOGS);
    for (const file of readdirSync(folder)) {
      if (file.endsWith('.ndjson')) lines.push(...readFileSync(new URL(file, folder), 'latin1').split('\n'));
    }
  }
  const different = [...new Set(lines)].sort();
  const below = random(1);
  const interesting = '"\\{}[],:0-9azAZ \u0000\u001f\u0080\u00c3\u00e9\u00ff';
  for (let i = 0; i < MUTATIONS; i++) {
    let line = different[below(different.length)] ?? '';
    if (i % 10 === 0) yield line;
    for (let edits = 1 + below(2); edits > 0; edits--) {
      const at = below(line.length + 1);
      const length = below(3);
      const put = [interesting[below(interesting.length)], '', line.slice(at, at + 6)][below(3)];
      line = line.slice(0, at) + put + line.slice(at + length);
    }
    yield line.replaceAll('\n', ' ');
  }
}

const invalidUtf8 = [
  '\xff',
  '\xc0\x80',
  '\xed\xa0\x80',
  '\xe0\x80\x80',
  '\xf4\x90\x80\x80',
  '\xf0\x8f\xbf\xbf',
  '\xc3',
  '\xe2\x82',
  '\xf0\x9f\x98',
  '\x80',
];
const validUtf8 = [
  '\xc2\x80',
  '\xdf\xbf',
  '\xe0\xa0\x80',
  '\xed\x9f\xbf',
  '\xee\x80\x80',
  '\xef\xbf\xbf',
  '\xf0\x90\x80\x80',
  '\xf4\x8f\xbf\xbf',
];

/** Every line as bytes, one character each. */
const all = [
  ...[...writtenByHand()].map((line) => Buffer.from(line).toString('latin1')),
  ...[...invalidUtf8, ...validUtf8].flatMap((text) => [
    record(`,"x":"${text}"`),
    record(`,"x":"1234567${text}z"`),
  ]),
  ...fromLogs(),
];

const corpus = Buffer.concat(
  all.map((line) => {
    const bytes = Buffer.from(line, 'latin1');
    const { record: found } = decodeRecord(new Uint8Array(bytes));
    const verdict =
      found === undefined
        ? 'malformed '
        : `${found.seq} ${found.epoch} ${found.severity} ${found.eventType} ${found.workerId} `;
    return Buffer.concat([Buffer.from(verdict), bytes, Buffer.from('\n')]);
  }),
);
if (process.argv[2] === '--check') {
  if (!readFileSync(CORPUS).equals(corpus)) {
    console.error('records.txt is not what the decoder says: run node native/tools/make_record_corpus.mjs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(CORPUS, corpus);
}
