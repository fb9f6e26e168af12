import { createHmac, hkdfSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandRunner, ROOT_KEY, SECRET, TOKEN } from './command.js';

const SHA256_OF_ZERO_BYTE = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
const SEAL_MEMBERS = [
  'shard_id',
  'worker_id',
  'gpu_uuid',
  'gpu_device',
  'vram_bytes',
  'digest_algorithm',
  'digest',
  'sealed_at',
  'nonce',
  'model_ref',
];
let command: CommandRunner;
beforeAll(() => {
  command = new CommandRunner();
  writeFileSync(at('model.bin'), Uint8Array.of(0));
  writeFileSync(at('other.bin'), new Uint8Array(100_000).fill(7));
  writeFileSync(at('empty.bin'), '');
  mkdirSync(at('folder'));
});
afterAll(() => command.remove());

const at = (name: string) => join(command.dir, name);
function secretFile(name: string, content: string, mode = 0o600): string {
  writeFileSync(at(name), content);
  chmodSync(at(name), mode);
  return name;
}
function types(log: string): string[] {
  const segment = readFileSync(join(at(log), 'segment-00000000000000000000.ndjson'), 'utf8');
  return segment
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).event_type);
}

/** The signature of a seal, computed from the format's page alone. */
function signatureOf(seal: Record<string, string | number>): string {
  const fields = [...SEAL_MEMBERS, 'shard_index', 'total_shards'].map((name) => String(seal[name] ?? ''));
  const preimage = ['vram-residency/seal/v1', ...fields].flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return [length, Buffer.from(text)];
  });
  const key = hkdfSync('sha256', TOKEN, 'vram-residency/seal/v1', String(seal['worker_id']), 32);
  return createHmac('sha256', Buffer.from(key)).update(Buffer.concat(preimage)).digest('hex');
}

test('--json prints exactly the members of the contract, and seals that verify by the format’s page', () => {
  const { code, out, error } = command.run(
    ...['seal', 'model.bin', 'other.bin', '--verify', '--json'],
    ...['--audit-dir', 'audit', '--worker-id', 'gpu-0'],
  );
  expect({ code, error }).toEqual({ code: 0, error: '' });
  const document = JSON.parse(out);
  expect(Object.keys(document)).toEqual(['seals', 'verified', 'audit']);
  expect(document.verified).toBe(true);
  expect(Object.keys(document.audit)).toEqual(['dir', 'origin', 'vkey', 'tree_size']);
  expect(document.audit.dir).toBe(at('audit'));
  expect(document.seals).toHaveLength(2);
  for (const seal of document.seals) {
    expect(Object.keys(seal)).toEqual(['format', ...SEAL_MEMBERS, 'signature']);
    expect(seal.signature).toBe(signatureOf(seal));
    expect(seal.signature).not.toBe(signatureOf({ ...seal, vram_bytes: seal.vram_bytes + 1 }));
  }
  expect(document.seals[0]).toMatchObject({ worker_id: 'gpu-0', vram_bytes: 1, model_ref: 'model.bin' });
  expect(document.seals[1].digest).toBe(command.run('digest', 'other.bin').out.slice(0, 64));
  const { vkey, tree_size } = document.audit;
  const verified = command.run('log', 'verify', 'audit', '--vkey', vkey, '--json');
  expect(JSON.parse(verified.out)).toMatchObject({
    status: 'verified',
    mac: 'verified',
    closed: true,
    tree_size,
  });
});

test('for people: what was sealed, that the device is simulated, and where it is recorded', () => {
  const { code, out } = command.run(
    'seal',
    'model.bin',
    '--digest',
    'sha256-fsverity',
    '--audit-dir',
    'people',
  );
  expect(code).toBe(0);
  expect(out).toMatch(
    /^sealed {5}model\.bin\n {2}shard {4}shard-[0-9a-f]{16}\n {2}device {3}0 of the backend simulated \(SIMULATED: /,
  );
  expect(out).toMatch(
    /\n {2}digest {3}sha256-fsverity:[0-9a-f]{64}\nreleased {3}1 seal\naudit log {2}\S+\/people, 6 r/,
  );
});

test('verified is null where it was not asked for', () => {
  const { out } = command.run('seal', 'model.bin', '--json', '--audit-dir', 'unverified');
  expect(JSON.parse(out).verified).toBeNull();
  expect(types('unverified')).not.toContain('seal_verified');
});

test.each([
  ['sha256', SHA256_OF_ZERO_BYTE],
  ['blake3', '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
])('--expect takes a %s digest', (algorithm, digest) => {
  const args = ['seal', 'model.bin', '--audit-dir', 'expected', '--expect'];
  expect(command.run(...args, `${algorithm}:${digest}`).code).toBe(0);
  const other = `${algorithm}:${digest.replace(/^./, 'f')}`;
  const refused = command.run(...args, other);
  expect(refused).toMatchObject({ code: 13, out: '' });
  expect(refused.error).toMatch(/^vram-residency: model\.bin: [^\n]* \(SEAL_REJECTED\)\. [^\n]*\.\n$/);
});

test('a failure after some shards were sealed: they are released, the log is closed, nothing is printed as sealed', () => {
  truncateSync(at('other.bin'), 100_000);
  writeFileSync(at('large.bin'), '');
  truncateSync(at('large.bin'), 2 ** 30);
  const args = [
    'seal',
    'other.bin',
    'large.bin',
    '--capacity',
    String(2 ** 30),
    '--audit-dir',
    'partly',
    '--json',
  ];
  expect(command.run(...args)).toMatchObject({
    code: 15,
    out: '',
    error: expect.stringMatching(/^vram-residency: large\.bin: [^\n]* \(INSUFFICIENT_VRAM\)\. [^\n]*\.\n$/),
  });
  expect(types('partly')).toEqual([
    'log_opened',
    'vram_allocated',
    'vram_sealed',
    'vram_allocation_failed',
    'vram_deallocated',
    'log_closed',
    'checkpoint',
  ]);
  expect(command.run('log', 'verify', 'partly').code).toBe(0);
});

test.each([
  [14, 'POLICY_VIOLATION', ['model.bin', '--capacity', String(2 ** 29)]],
  [2, 'SOURCE_UNREADABLE', ['nothing']],
  [2, 'SOURCE_NOT_A_FILE', ['folder']],
  [2, 'USAGE', ['empty.bin']],
  [2, 'USAGE', ['model.bin', '--worker-id', 'a b']],
  [2, 'MALFORMED_DIGEST', ['model.bin', '--expect', 'crc32:00']],
  [2, 'BACKEND_ABSENT', ['model.bin', '--device', '0']],
  [2, 'USAGE', ['model.bin', '--device', 'gpu0']],
])('exit code %i with %s', (exitCode, code, args) => {
  const log = `failures-${args.join('-')}`;
  const ended = command.run('seal', ...args, '--audit-dir', log, '--json');
  expect(ended).toMatchObject({ code: exitCode, out: '' });
  expect(ended.error).toMatch(new RegExp(`^vram-residency: [^\n]* \\(${code}\\)\\. [^\n]*\\.\n$`));
  // What is wrong with the command line, or with a file, makes no log.
  expect(existsSync(at(log))).toBe(exitCode === 14);
});

test('--device 0 says why there is none', () => {
  const environment = { VRAM_RESIDENCY_CUDA_DRIVER: '/nowhere/libcuda.so.1' };
  const { error } = command.runWith({ environment }, 'seal', 'model.bin', '--device', '0');
  expect(error).toMatch(/\/nowhere\/libcuda\.so\.1|addon could not be loaded/);
});

test('exit code 10 for a log that was tampered with', () => {
  expect(command.run('seal', 'model.bin', '--audit-dir', 'tampered').code).toBe(0);
  const segment = join(at('tampered'), 'segment-00000000000000000000.ndjson');
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"vram_bytes":1,', '"vram_bytes":2,'));
  expect(command.run('seal', 'model.bin', '--audit-dir', 'tampered')).toMatchObject({
    code: 10,
    out: '',
    error: expect.stringMatching(/\(LOG_DAMAGED\)/),
  });
});

test('the token comes from the environment or a file of mode 0600, never from an argument', () => {
  const seal = (token: string | undefined, ...args: string[]) =>
    command.runWith(
      { environment: { VRAM_RESIDENCY_TOKEN: token } },
      ...['seal', 'model.bin', '--audit-dir', 'tokens', '--worker-id', 'w', '--json', ...args],
    );
  expect(seal(undefined)).toMatchObject({ code: 2, error: expect.stringContaining('(USAGE)') });
  expect(seal('')).toMatchObject({ code: 2, error: expect.stringContaining('(USAGE)') });
  expect(seal('too short')).toMatchObject({ code: 2, error: expect.stringContaining('(TOKEN_TOO_SHORT)') });
  expect(seal(undefined, `--token=${TOKEN}`)).toMatchObject({
    code: 2,
    error: expect.stringContaining("'--token'"),
  });
  const open = secretFile('open.token', TOKEN, 0o644);
  expect(seal(undefined, '--token-file', open)).toMatchObject({
    code: 2,
    error: expect.stringMatching(/open\.token: .*\(INSECURE_KEY_FILE\)/),
  });
  expect(seal(undefined, '--token-file', 'nothing')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/nothing: .*\(INVALID_SOURCE\)/),
  });
  expect(existsSync(at('tokens'))).toBe(false);
  const file = secretFile('the.token', `${TOKEN}\n`);
  const sealed = seal('another token of sixteen bytes', '--token-file', file);
  expect(sealed.code).toBe(0);
  const [seal0] = JSON.parse(sealed.out).seals;
  expect(seal0.signature).toBe(signatureOf(seal0));
});

test('the root of a new log comes from a secret, from a root key, or from chance', () => {
  const seal = (secret: string | undefined, ...args: string[]) =>
    command.runWith({ environment: { VRAM_RESIDENCY_AUDIT_SECRET: secret } }, 'seal', 'model.bin', ...args);
  const verify = (log: string, file: string, content: string, option: string) =>
    command.runWith(
      { environment: { VRAM_RESIDENCY_AUDIT_SECRET: undefined } },
      ...['log', 'verify', log, option, secretFile(file, content)],
    );
  secretFile('the.secret', SECRET);
  expect(seal(undefined, '--audit-dir', 'by-secret', '--secret-file', 'the.secret')).toMatchObject({
    code: 0,
    error: '',
  });
  expect(verify('by-secret', 'same.secret', SECRET, '--secret-file').code).toBe(0);
  secretFile('the.root', `${ROOT_KEY}\n`);
  expect(seal(SECRET, '--audit-dir', 'by-root', '--root-key-file', 'the.root')).toMatchObject({
    code: 0,
    error: '',
  });
  expect(verify('by-root', 'same.root', ROOT_KEY, '--root-key-file').code).toBe(0);
  secretFile('malformed.root', 'not a key');
  expect(seal(SECRET, '--audit-dir', 'none', '--root-key-file', 'malformed.root')).toMatchObject({
    code: 2,
    error: expect.stringContaining('(INVALID_KEY)'),
  });
  const random = seal(undefined, '--audit-dir', 'by-chance');
  expect(random.code).toBe(0);
  const [, rootKey = ''] =
    /^Root key of the new log, shown this once: ([0-9a-f]{64})$/m.exec(random.error) ?? [];
  expect(verify('by-chance', 'random.root', rootKey, '--root-key-file').code).toBe(0);
  expect(seal(undefined, '--audit-dir', 'by-chance')).toMatchObject({ code: 0, error: '' });
});

test('a log keeps its worker’s id', () => {
  const seal = (...args: string[]) =>
    command.run('seal', 'model.bin', '--audit-dir', 'kept', '--json', ...args);
  const worker = ({ out }: { out: string }) => JSON.parse(out).seals[0].worker_id;
  expect(worker(seal('--worker-id', 'gpu-7'))).toBe('gpu-7');
  expect(worker(seal())).toBe('gpu-7');
  expect(seal('--worker-id', 'gpu-8')).toMatchObject({
    code: 2,
    error: expect.stringContaining('(IDENTITY_CONFLICT)'),
  });
});

test('a file’s name with control characters is sealed under a reference that has none', () => {
  writeFileSync(at('a\nb'), 'x');
  const { code, out } = command.run('seal', 'a\nb', '--audit-dir', 'names', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out).seals[0].model_ref).toBe('a\\u{a}b');
});
