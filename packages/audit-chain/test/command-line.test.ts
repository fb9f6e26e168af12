import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { toHex } from '../src/bytes.js';
import { plainRecordEngine } from '../src/engine/plain-record-engine.js';
import { AUDIT_ERROR_REMEDIES, type AuditErrorCode } from '../src/errors.js';
import { deriveRootKey } from '../src/keys/epoch-keys.js';
import { makeLog, SECRET } from './make-log.js';
import { runCommand } from './run-command.js';
import { segmentNames } from './tampering.js';

const log = makeLog([
  'event', // 1, shard-1
  'event',
  'rotate', // 3 and 4
  {
    type: 'vram_sealed',
    members: { shard_id: 'llama-0', model_ref: 'a\u202eb\n"c"', digest: 'f'.repeat(64) },
  },
  'event',
  'close', // 7 and 8
  'event', // 9, not covered
]);
const [first, second] = segmentNames(log.files) as [string, string];
let scratch: string;
let dir: string;

function put(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(scratch, name);
  writeFileSync(path, content, { mode });
  return path;
}

function makeDirectory(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const path = join(scratch, name);
  mkdirSync(path);
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
}

const line = (seq: number): string => Buffer.from(log.lines[seq] as Uint8Array).toString();
/** One sentence, its code, and what to do. */
const failure = (code: AuditErrorCode): RegExp =>
  new RegExp(`^audit-chain: [^\\n]*[^.\\n] \\(${code}\\)\\. ${escaped(AUDIT_ERROR_REMEDIES[code])}\\n$`);
const usageFailure = (command: string): RegExp =>
  new RegExp(`^audit-chain: [^\\n]*[^.\\n] \\(USAGE\\)\\. See audit-chain ${command} --help\\.\\n$`);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'command-line-'));
  dir = makeDirectory('log', log.files);
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe('help', () => {
  test('lists every command; each command explains itself', async () => {
    const { code, out, error } = await runCommand(['--help']);
    expect([code, error]).toEqual([0, '']);
    const usages = [...out.matchAll(/^ {2}audit-chain ((\S+).*)$/gm)];
    expect(usages.map(([, , name]) => name)).toEqual([
      'verify',
      'show',
      'residency',
      'report',
      'pack',
      'init',
      'vkey',
      'checkpoint',
      'derive-root',
      'prove',
      'verify-proof',
      'export',
    ]);
    for (const [, usage, name] of usages) {
      const help = await runCommand([name as string, 'LOG', '--help']);
      expect([help.code, help.error]).toEqual([0, '']);
      expect(help.out.startsWith(`Usage: audit-chain ${usage}\n\n`)).toBe(true);
      // What the usage names, the help explains.
      for (const [option] of (usage as string).matchAll(/--[a-z-]+/g))
        expect(help.out).toContain(`  ${option}`);
    }
  });

  test('is not meant by an argument after --', async () => {
    expect(await runCommand(['vkey', '--', '--help'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('show', () => {
  test('prints one aligned line for each record, with nothing that moves the cursor', async () => {
    const { code, out, error } = await runCommand(['show', dir]);
    expect([code, error]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(log.lines.length);
    for (const [seq, text] of lines.entries()) {
      expect(text).toMatch(/^ {6}\d \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z INFO {5}[a-z_]+( |$)/);
      expect(Number(text.slice(0, 7))).toBe(seq);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(lines[5]?.slice(45)).toBe(
      `vram_sealed              shard_id=llama-0 model_ref="a\\u{202e}b\\n\\"c\\"" digest=${'f'.repeat(64)}`,
    );
    expect(lines[3]).toMatch(/ checkpoint {15}tree_size=3 note="vram-residency.*…$/);
    expect(lines[7]).toMatch(/ log_closed$/);
  });

  test('--json prints one document of the exact lines', async () => {
    const { code, out } = await runCommand(['show', dir, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).map(({ seq }: { seq: number }) => seq)).toEqual(log.lines.map((_, seq) => seq));
    for (const seq of log.lines.keys()) expect(out).toContain(`\n${line(seq)}`);
    expect(JSON.parse((await runCommand(['show', dir, '--json', '--type', 'nothing'])).out)).toEqual([]);
  });

  test.each<[string, string[], number[]]>([
    ['a type', ['--type', 'something_happened'], [1, 2, 6, 9]],
    ['types', ['--type', 'log_closed', '--type', 'vram_sealed'], [5, 7]],
    ['a severity', ['--severity', 'CRITICAL'], []],
    ['severities', ['--severity', 'INFO', '--severity', 'WARNING', '--shard', 'llama-0'], [5]],
    ['a shard', ['--shard', 'shard-1'], [1]],
    ['a time', ['--since', '2026-01-02T03:04:08Z', '--until', '2026-01-02T03:04:11Z'], [2, 3]],
  ])('finds %s', async (_, options, seqs) => {
    const { code, out } = await runCommand(['show', dir, ...options, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).map(({ seq }: { seq: number }) => seq)).toEqual(seqs);
  });

  test('takes a segment file', async () => {
    const { out } = await runCommand(['show', join(dir, second)]);
    expect(out.trimEnd().split('\n')).toHaveLength(6);
  });

  test('tells of lines that are no record, and does not exit as if all were shown', async () => {
    const bytes = Buffer.concat([log.files.get(second) as Uint8Array, Buffer.from('{"seq":10}\n')]);
    const spoiled = makeDirectory('spoiled', new Map([...log.files, [second, bytes]]));
    const { code, out, error } = await runCommand(['show', spoiled]);
    expect(code).toBe(10);
    expect(out.trimEnd().split('\n')).toHaveLength(10);
    expect(error).toBe(`audit-chain: ${second}:7 is not a record; run audit-chain verify\n`);
  });

  test.each([
    ['no log', []],
    ['two logs', ['a', 'b']],
    ['a time that is none', ['LOG', '--since', 'yesterday']],
    ['a severity that is none', ['LOG', '--json', '--severity', 'FATAL']],
    ['an unknown option', ['LOG', '--colour']],
    ['an option without its value', ['LOG', '--type']],
  ])('refuses %s', async (_, args) => {
    const { code, out, error } = await runCommand([
      'show',
      ...args.map((arg) => (arg === 'LOG' ? dir : arg)),
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(usageFailure('show'));
  });

  test('follows a directory only', async () => {
    expect(await runCommand(['show', join(dir, first), '--follow'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('prove and verify-proof', () => {
  let proof: string;
  let record: string;
  let vkey: string;
  beforeAll(async () => {
    proof = put('5.tlog-proof', (await runCommand(['prove', dir, '--seq', '5'])).out);
    record = put('5.record', `${line(5)}\n`);
    vkey = put('worker.vkey', `${log.vkey}\n`);
  });
  const verifyProof = (...args: string[]) => runCommand(['verify-proof', ...args]);

  test('a proof holds for its record, with the key as text or as a file', async () => {
    for (const key of [vkey, log.vkey]) {
      const { code, out, error } = await verifyProof(proof, '--record', record, '--vkey', key);
      expect([code, error]).toEqual([0, '']);
      expect(out).toMatch(
        /^PROVEN: record 5 is among the 8 records that vram-residency\/gpu-0\/\S+ signed for\.\n/,
      );
      expect(out).toContain('shard_id=llama-0');
    }
  });

  test('--json holds both the proof and the record’s exact line', async () => {
    const { out } = await runCommand(['prove', dir, '--seq', '5', '--json']);
    const document = JSON.parse(out);
    expect(document).toEqual({ seq: 5, proof: readFileSync(proof, 'utf8'), record: line(5) });
    const checked = await verifyProof(
      put('j.tlog-proof', document.proof),
      '--record',
      put('j.record', document.record),
      '--vkey',
      vkey,
      '--json',
    );
    expect(JSON.parse(checked.out)).toEqual({
      holds: true,
      code: null,
      seq: 5,
      origin: log.origin,
      tree_size: 8,
      root_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('a proof that does not hold exits with 10', async () => {
    const other = makeLog(['event', 'close'], { seed: 9 }).vkey;
    const spoiled = readFileSync(proof, 'utf8').replace(/^index 5$/m, 'index 4');
    for (const args of [
      [proof, '--record', put('6.record', line(6)), '--vkey', vkey],
      [proof, '--record', put('changed.record', line(5).replace('llama-0', 'llama-1')), '--vkey', vkey],
      [proof, '--record', put('no.record', 'nothing'), '--vkey', vkey],
      [put('spoiled.tlog-proof', spoiled), '--record', put('4.record', line(4)), '--vkey', vkey],
    ]) {
      const { code, out, error } = await verifyProof(...args);
      expect([code, out]).toEqual([10, '']);
      expect(error).toMatch(failure('INVALID_PROOF'));
    }
    const foreign = await verifyProof(proof, '--record', record, '--vkey', other, '--json');
    expect(foreign.code).toBe(10);
    expect(foreign.error).toMatch(failure('INVALID_NOTE'));
    expect(JSON.parse(foreign.out)).toMatchObject({
      holds: false,
      code: 'INVALID_NOTE',
      seq: 5,
      origin: null,
    });
  });

  test('what cannot be read exits with 2', async () => {
    const unreadable: [string[], RegExp][] = [
      [[put('none.tlog-proof', 'hello'), '--record', record, '--vkey', vkey], failure('INVALID_SOURCE')],
      [[join(scratch, 'nothing'), '--record', record, '--vkey', vkey], failure('INVALID_SOURCE')],
      [[proof, '--record', join(scratch, 'no\nthing'), '--vkey', vkey], failure('INVALID_SOURCE')],
      [[proof, '--record', scratch, '--vkey', vkey], failure('INVALID_SOURCE')],
      [[proof, '--record', record, '--vkey', put('no.vkey', 'hello')], failure('INVALID_KEY')],
      [[proof, '--vkey', vkey], usageFailure('verify-proof')],
      [[proof, '--record', record], usageFailure('verify-proof')],
      [['--record', record, '--vkey', vkey], usageFailure('verify-proof')],
    ];
    for (const [args, expected] of unreadable) {
      const { code, out, error } = await verifyProof(...args);
      expect([code, out]).toEqual([2, '']);
      expect(error).toMatch(expected);
    }
  });

  test('a record that no checkpoint covers, or that is not there, exits with 11; a tampered log with 10', async () => {
    for (const seq of ['9', '1000']) {
      const { code, out, error } = await runCommand(['prove', dir, '--seq', seq]);
      expect([code, out]).toEqual([11, '']);
      expect(error).toMatch(failure('NOT_PROVABLE'));
    }
    const bytes = Buffer.from(
      Buffer.from(log.files.get(first) as Uint8Array)
        .toString()
        .replace('"n":1', '"n":7'),
    );
    const tampered = makeDirectory('tampered', new Map([...log.files, [first, bytes]]));
    const { code, error } = await runCommand(['prove', tampered, '--seq', '2']);
    expect(code).toBe(10);
    expect(error).toMatch(failure('INVALID_PROOF'));
  });

  test.each(['', '-1', '1.5', 'x', '0x1', '9007199254740992'])('refuses --seq %s', async (seq) => {
    const { code, error } = await runCommand(['prove', dir, `--seq=${seq}`]);
    expect(code).toBe(2);
    expect(error).toMatch(usageFailure('prove'));
  });

  test('a segment alone proves with the key that is given', async () => {
    const segment = join(dir, second);
    expect((await runCommand(['prove', segment, '--seq', '5'])).error).toMatch(failure('INVALID_KEY'));
    const { code, out } = await runCommand(['prove', segment, '--seq', '5', '--vkey', vkey]);
    expect([code, out]).toEqual([0, readFileSync(proof, 'utf8')]);
  });
});

describe('verify', () => {
  test('runs on the engine that it is given, and prints the same', async () => {
    const engine = plainRecordEngine();
    const scan = vi.spyOn(engine, 'scan');
    const args = ['verify', dir, '--vkey', log.vkey];
    const given = await runCommand(args, {}, { recordEngine: () => engine });
    expect(scan).toHaveBeenCalled();
    expect(given).toEqual(await runCommand(args));
  });

  test('--json prints an array for several logs; one that cannot be read hides no other', async () => {
    const bytes = Buffer.from(
      Buffer.from(log.files.get(first) as Uint8Array)
        .toString()
        .replace('"n":1', '"n":7'),
    );
    const changed = makeDirectory('changed', new Map([...log.files, [first, bytes]]));
    const nothing = join(scratch, 'no\nlog');
    const { code, out, error } = await runCommand([
      'verify',
      nothing,
      changed,
      dir,
      '--json',
      '--vkey',
      log.vkey,
    ]);
    expect(code).toBe(10);
    expect(JSON.parse(out)).toEqual([
      {
        status: null,
        exit_code: 2,
        error: { code: 'NOT_A_LOG', message: expect.stringContaining('no\\u{a}log') },
      },
      expect.objectContaining({ status: 'tampered', exit_code: 10 }),
      expect.objectContaining({ status: 'incomplete', exit_code: 11 }),
    ]);
    expect(error).toMatch(failure('NOT_A_LOG'));
    expect((await runCommand(['verify', dir, nothing])).code).toBe(2);
    const one = await runCommand(['verify', dir, '--json', '--vkey', log.vkey]);
    expect(JSON.parse(one.out)).toMatchObject({ exit_code: 11 });
  });

  test('takes the secret from the environment or a file, the root key from a file, and not both', async () => {
    const rootKey = put('root.key', toHex(deriveRootKey(SECRET, log.origin)));
    const secret = put('secret', `${SECRET}\n`);
    const given: [string[], Record<string, string>][] = [
      [['--root-key-file', rootKey], {}],
      [['--secret-file', secret], {}],
      [[], { VRAM_RESIDENCY_AUDIT_SECRET: SECRET }],
      [['--secret-file', secret], { VRAM_RESIDENCY_AUDIT_SECRET: 'another secret that is not used' }],
    ];
    for (const [args, environment] of given) {
      const { code, out } = await runCommand(['verify', dir, '--json', ...args], environment);
      expect([code, JSON.parse(out).mac]).toEqual([0, 'verified']);
    }
    const both = await runCommand(['verify', dir, '--root-key-file', rootKey, '--secret-file', secret]);
    expect(both.code).toBe(2);
    expect(both.error).toMatch(usageFailure('verify'));
  });

  test('a secret of another log is told from a changed record', async () => {
    const hint = 'No MAC is right';
    const environment = { VRAM_RESIDENCY_AUDIT_SECRET: 'the secret of another log' };
    const foreign = await runCommand(['verify', dir], environment);
    expect(foreign.code).toBe(10);
    expect(foreign.out).toContain(hint);
    const bytes = Buffer.from(
      Buffer.from(log.files.get(first) as Uint8Array)
        .toString()
        .replace('"n":1', '"n":7'),
    );
    const one = makeDirectory('one-changed', new Map([...log.files, [first, bytes]]));
    expect((await runCommand(['verify', one], { VRAM_RESIDENCY_AUDIT_SECRET: SECRET })).out).not.toContain(
      hint,
    );
    const short = makeDirectory('short', makeLog([]).files);
    expect((await runCommand(['verify', short])).out).not.toContain(hint);
  });

  test('anchors come from files', async () => {
    const anchor = put('anchor', log.notes[0] as string);
    expect((await runCommand(['verify', dir, '--anchor', anchor, '--anchor', anchor])).code).toBe(11);
    const newer = makeLog([
      'event',
      'event',
      'event',
      'event',
      'event',
      'event',
      'event',
      'event',
      'event',
      'close',
    ]);
    const ahead = put('ahead', newer.notes[0] as string);
    expect((await runCommand(['verify', dir, '--anchor', ahead])).code).toBe(12);
    const none = await runCommand(['verify', dir, '--anchor', put('none', 'hello')]);
    expect(none.code).toBe(2);
    expect(none.error).toMatch(failure('INVALID_NOTE'));
  });
});

describe('vkey, checkpoint and derive-root', () => {
  test('print what a segment or a directory names', async () => {
    expect(await runCommand(['vkey', dir])).toEqual({ code: 0, out: `${log.vkey}\n`, error: '' });
    expect(await runCommand(['vkey', join(dir, first)])).toEqual({
      code: 0,
      out: `${log.vkey}\n`,
      error: '',
    });
    expect(await runCommand(['checkpoint', dir])).toEqual({ code: 0, out: log.notes.at(-1), error: '' });
  });

  test('say what is missing', async () => {
    const young = makeDirectory('young', makeLog([]).files);
    expect((await runCommand(['checkpoint', young])).error).toMatch(failure('NOT_PROVABLE'));
    expect((await runCommand(['vkey', join(dir, second)])).error).toMatch(failure('NOT_A_LOG'));
    expect((await runCommand(['vkey', scratch])).error).toMatch(failure('NOT_A_LOG'));
    const malformed = makeDirectory('malformed', new Map([...log.files, ['log.json', Buffer.from('{')]]));
    expect((await runCommand(['vkey', malformed])).error).toMatch(failure('NOT_A_LOG'));
    const forged = makeDirectory('forged', new Map([...log.files, ['checkpoint', Buffer.from('hello')]]));
    expect(await runCommand(['checkpoint', forged])).toMatchObject({ code: 2, out: '' });
  });

  test('derive-root prints the root key of one log', async () => {
    const secret = put('derive.secret', `${SECRET}\n`);
    const expected = { code: 0, out: `${toHex(deriveRootKey(SECRET, log.origin))}\n`, error: '' };
    expect(await runCommand(['derive-root', '--origin', log.origin, '--secret-file', secret])).toEqual(
      expected,
    );
    const environment = { VRAM_RESIDENCY_AUDIT_SECRET: SECRET };
    expect(await runCommand(['derive-root', '--origin', log.origin], environment)).toEqual(expected);
    chmodSync(secret, 0o640);
    const open = await runCommand(['derive-root', '--origin', log.origin, '--secret-file', secret]);
    expect(open.error).toMatch(failure('INSECURE_KEY_FILE'));
    for (const args of [
      [],
      ['--origin', log.origin],
      ['--origin', 'a b'],
      ['--origin', log.origin, SECRET],
    ]) {
      const { code, error } = await runCommand(['derive-root', ...args]);
      expect(code).toBe(2);
      expect(error).toMatch(usageFailure('derive-root'));
      expect(error).not.toContain(SECRET);
    }
  });
});

describe('init', () => {
  let target: string;
  let count = 0;
  beforeEach(() => {
    target = join(scratch, `new-${count++}`);
  });
  const init = (args: string[], environment = {}) =>
    runCommand(['init', target, '--worker-id', 'gpu-7', ...args], environment);

  test('makes a random root key, prints it once, and says what to do with it', async () => {
    const { code, out, error } = await init([]);
    expect(code).toBe(0);
    const [, rootKey, origin, vkey] =
      /^root key ([0-9a-f]{64})\norigin {3}(\S+)\nvkey {5}(\S+)\n$/.exec(out) ?? [];
    expect(vkey?.startsWith(`${origin}+`)).toBe(true);
    expect(error).toContain('Keep it away from this machine');
    const file = put('new.key', rootKey as string);
    const verified = await runCommand([
      'verify',
      target,
      '--root-key-file',
      file,
      '--vkey',
      vkey as string,
      '--json',
    ]);
    expect(JSON.parse(verified.out)).toMatchObject({ status: 'verified', mac: 'verified' });
  });

  test('takes the root key or the secret where cli says, and prints neither', async () => {
    const secret = put('init.secret', `${SECRET}\n`);
    const rootKey = put('init.key', `${'ab'.repeat(32)}\n`);
    const given: [string[], Record<string, string>, string[]][] = [
      [['--secret-file', secret], {}, ['--secret-file', secret]],
      [[], { VRAM_RESIDENCY_AUDIT_SECRET: SECRET }, ['--secret-file', secret]],
      [['--root-key-file', rootKey], {}, ['--root-key-file', rootKey]],
    ];
    for (const [i, [args, environment, check]] of given.entries()) {
      target = join(scratch, `given-${i}`);
      const { code, out, error } = await init([...args, '--json'], environment);
      expect([code, error]).toEqual([0, '']);
      expect(JSON.parse(out)).toMatchObject({ dir: target, root_key: null });
      const verified = await runCommand(['verify', target, ...check, '--json']);
      expect(JSON.parse(verified.out)).toMatchObject({ status: 'verified', mac: 'verified' });
    }
  });

  test('does not go on with a log that is there', async () => {
    await init([]);
    const before = readFileSync(join(target, first));
    const { code, out, error } = await init([]);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(usageFailure('init'));
    expect(readFileSync(join(target, first))).toEqual(before);
  });

  test.each<[string, string[], string, RegExp]>([
    ['a short secret', ['--secret-file'], 'too short', failure('INVALID_KEY')],
    ['a root key that is none', ['--root-key-file'], 'xyz', failure('INVALID_KEY')],
  ])('refuses %s', async (name, args, content, expected) => {
    const { code, error } = await init([...args, put(name.replaceAll(' ', '-'), content)]);
    expect(code).toBe(2);
    expect(error).toMatch(expected);
  });

  test('refuses a worker id that is none, and none', async () => {
    expect((await runCommand(['init', target, '--worker-id', 'a b'])).error).toMatch(usageFailure('init'));
    expect((await runCommand(['init', target])).error).toMatch(usageFailure('init'));
  });
});

test('an unknown command', async () => {
  const { code, out, error } = await runCommand(['frobnicate']);
  expect([code, out]).toEqual([2, '']);
  expect(error).toBe('audit-chain: Expected a command (USAGE). See audit-chain --help.\n');
});
