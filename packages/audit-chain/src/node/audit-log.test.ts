import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testEvent as event, ScratchLog } from '../../test/scratch-log.js';
import { TestClock } from '../../test/test-clock.js';
import { TestFileSystem } from '../../test/test-file-system.js';
import type { AuditError } from '../errors.js';
import { parseRootKey } from '../keys/epoch-keys.js';
import { LocalSigner } from '../keys/signing-key.js';
import type { LogRecord } from '../record/record.js';
import { verifyLog } from '../verify/verify-log.js';
import { AuditLog } from './audit-log.js';
import type { AuditLogOptions } from './audit-log-options.js';
import { openLog } from './open-log.js';

let place: ScratchLog;
let scratch: string;
let dir: string;
let errors: AuditError[];

beforeEach(() => {
  place = new ScratchLog();
  ({ scratch, dir, errors } = place);
});
afterEach(() => place.remove());

const options = (more: Partial<AuditLogOptions> = {}): AuditLogOptions => place.options(more);
const segments = (): string[] => place.segments();
const records = (): LogRecord[] => place.records();
const types = (): string[] => place.types();

describe('a new log', () => {
  test('holds its records between log_opened and the last checkpoint, chained and MACed', async () => {
    let rootKey = '';
    const log = await AuditLog.open(
      options({
        onRootKey: (hex) => {
          rootKey = hex;
        },
      }),
    );
    const receipts = [1, 2, 3].map((n) => log.emit(event(n)));
    const durable = await Promise.all(receipts.map((receipt) => receipt.durable));
    expect(durable.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await log.close();
    expect(types()).toEqual([
      'log_opened',
      'test_event',
      'test_event',
      'test_event',
      'log_closed',
      'checkpoint',
    ]);
    const verified = await verifyLog(await openLog(dir), { rootKey: parseRootKey(rootKey) });
    expect(verified).toMatchObject({ status: 'verified', mac: 'verified', treeSize: 6 });
    expect(records().map(({ epoch }) => epoch)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(records().at(-1)?.members['note']).toBe(readFileSync(join(dir, 'checkpoint'), 'utf8'));
    expect(errors).toEqual([]);
  });

  test('keeps its keys where only the owner reads them, moved on at close', async () => {
    const log = await AuditLog.open(options({ secret: 'a secret of sixteen bytes' }));
    await log.close();
    for (const name of ['key.state', 'signing.key']) {
      expect(statSync(join(`${dir}.keys`, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(`${dir}.keys`).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(join(`${dir}.keys`, 'key.state'), 'utf8'))).toMatchObject({ epoch: 1 });
    expect(records()[0]?.members['root_kind']).toBe('secret');
  });

  test('prints no secret', async () => {
    let rootKey = '';
    await using log = await AuditLog.open(
      options({
        onRootKey: (hex) => {
          rootKey = hex;
        },
      }),
    );
    const shown = inspect(log, { depth: 9, showHidden: true }) + JSON.stringify(log);
    expect(shown).not.toContain(rootKey);
    expect(shown).not.toContain('PRIVATE');
  });

  test('fsyncs every directory in which a name is new', async () => {
    const fileSystem = new TestFileSystem();
    dir = join(scratch, 'a', 'log');
    await using log = await AuditLog.open(options({ dir, keyDir: join(scratch, 'b', 'keys') }), {
      fileSystem,
    });
    const synced = fileSystem.operations.flatMap((operation) =>
      operation.op === 'syncDirectory' ? [relative(scratch, operation.path)] : [],
    );
    expect(log.dir).toBe(dir);
    // Parents of the log's directory, of the key directory; key.state, signing.key; log.json; the first segment.
    expect(synced).toEqual(['a', '', 'b', '', 'b/keys', 'b/keys', 'a/log', 'a/log']);
  });

  test('is told of what the system said when it cannot be made', async () => {
    writeFileSync(dir, 'a file');
    const refused = AuditLog.open(options({ dir: join(dir, 'log') }));
    await expect(refused).rejects.toMatchObject({
      code: 'WRITER_FAILED',
      message: expect.stringMatching(/ \(ENOTDIR\)$/),
    });
  });

  test('is not committed if the root key cannot be handed out', async () => {
    const refusing = AuditLog.open(options({ onRootKey: () => Promise.reject(new Error('vault is down')) }));
    await expect(refusing).rejects.toMatchObject({ code: 'WRITER_FAILED' });
    expect(readdirSync(dir)).toEqual([]);
    await (await AuditLog.open(options())).close();
    expect(types()[0]).toBe('log_opened');
  });
});

describe('opening again', () => {
  test('goes on with the chain in a new epoch', async () => {
    await (await AuditLog.open(options())).close();
    const log = await AuditLog.open(options());
    await log.emit(event(1)).durable;
    await log.close();
    expect(records().map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(records().map(({ epoch }) => epoch)).toEqual([0, 0, 0, 2, 2, 2, 2]);
    expect(records()[3]?.members).toMatchObject({ reason: 'resumed', discarded_bytes: 0 });
  });

  test('refuses a second writer', async () => {
    await using _log = await AuditLog.open(options());
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'LOG_LOCKED', retriable: true });
  });

  test('refuses another worker and another signer', async () => {
    await (await AuditLog.open(options())).close();
    await expect(AuditLog.open(options({ workerId: 'gpu-1' }))).rejects.toMatchObject({
      code: 'IDENTITY_CONFLICT',
    });
    const signer = { publicKey: new Uint8Array(32), sign: () => new Uint8Array(64) };
    await expect(AuditLog.open(options({ signer }))).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
  });

  test('cuts a last record torn at any byte, keeps the bytes, and loses no other', async () => {
    const log = await AuditLog.open(options());
    await log.emit(event(1)).durable;
    await log.emit(event(2)).durable;
    const path = join(dir, segments()[0] as string);
    const whole = readFileSync(path);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    const keys = readFileSync(join(`${dir}.keys`, 'key.state'));
    await log.close();
    for (let cut = lastLine; cut < whole.length; cut += 1) {
      for (const name of readdirSync(dir)) {
        if (name.startsWith('torn-') || name === 'checkpoint') rmSync(join(dir, name));
      }
      writeFileSync(path, whole.subarray(0, cut));
      writeFileSync(join(`${dir}.keys`, 'key.state'), keys, { mode: 0o600 });
      const again = await AuditLog.open(options());
      await again.close();
      const lacksOnlyLf = cut === whole.length - 1;
      const opened = records()[lacksOnlyLf ? 3 : 2];
      expect(opened?.members).toMatchObject({
        reason: cut === lastLine || lacksOnlyLf ? 'resumed' : 'recovered',
        discarded_bytes: lacksOnlyLf ? 0 : cut - lastLine,
      });
      if (opened?.members['reason'] === 'recovered') {
        expect(readFileSync(join(dir, 'torn-2.bin'))).toEqual(whole.subarray(lastLine, cut));
      }
    }
  }, 120_000);

  test('cuts a torn end that is longer than what is written next', async () => {
    await (await AuditLog.open(options())).close();
    const path = join(dir, segments()[0] as string);
    appendFileSync(path, 'x'.repeat(5000));
    await (await AuditLog.open(options())).close();
    expect(types()).toEqual([
      'log_opened',
      'log_closed',
      'checkpoint',
      'log_opened',
      'log_closed',
      'checkpoint',
    ]);
    expect(records()[3]?.members).toMatchObject({ reason: 'recovered', discarded_bytes: 5000 });
    expect(readFileSync(join(dir, 'torn-3.bin'), 'utf8')).toBe('x'.repeat(5000));
  });

  test('reads a segment of any size in pieces, and keeps a torn end of any size', async () => {
    const log = await AuditLog.open(options());
    for (let n = 0; n < 40; n++) log.emit({ ...event(n), members: { n, text: 'x'.repeat(60_000) } });
    await log.close();
    const torn = Buffer.alloc(1_500_000, 'y\n');
    appendFileSync(join(dir, segments()[0] as string), torn);
    const fileSystem = new TestFileSystem();
    await (await AuditLog.open(options(), { fileSystem })).close();
    expect(types().slice(-3)).toEqual(['log_opened', 'log_closed', 'checkpoint']);
    expect(records()).toHaveLength(46);
    expect(readFileSync(join(dir, 'torn-43.bin'))).toEqual(torn);
    const lengths = fileSystem.operations.flatMap((done) => (done.op === 'read' ? [done.length] : []));
    expect(Math.max(...lengths)).toBe(1_048_576);
  });

  test('does not read what lies between the first record and the newest segment', async () => {
    const rotation = { segmentBytes: 1500 };
    const log = await AuditLog.open(options({ rotation, secret: 'a secret of sixteen bytes' }));
    while (segments().length < 5) await log.emit(event(1)).durable;
    await log.emit(event(2)).durable;
    await log.close();
    const fileSystem = new TestFileSystem();
    await (await AuditLog.open(options({ rotation }), { fileSystem })).close();
    const read = fileSystem.operations.flatMap((done) =>
      done.op === 'open' && done.flags === 'read' && done.path.endsWith('.ndjson')
        ? [basename(done.path)]
        : [],
    );
    expect(read).toEqual([segments()[4], segments()[0]]);
    expect(records().findLast(({ eventType }) => eventType === 'log_opened')?.members['root_kind']).toBe(
      'secret',
    );
  });

  test('refuses, untouched, a log whose covered records changed', async () => {
    const log = await AuditLog.open(options());
    await log.emit(event(1)).durable;
    await log.close();
    const path = join(dir, segments()[0] as string);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('"n":1') + 4] = 0x32;
    writeFileSync(path, bytes);
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    expect(readFileSync(path)).toEqual(bytes);
  });

  test.each([
    ['the checkpoint’s record and file know', true],
    ['the checkpoint’s record alone knows', false],
  ])('refuses, untouched, a log whose last covered record has another MAC: %s', async (_who, keepsFile) => {
    await (await AuditLog.open(options())).close();
    const path = join(dir, segments()[0] as string);
    const lines = readFileSync(path, 'utf8').split('\n');
    // The key that wrote it is gone: only its leaf, in the record after it and in the checkpoint, tells.
    const last = lines.at(-3) as string;
    expect(JSON.parse(last)).toMatchObject({ event_type: 'log_closed' });
    lines[lines.length - 3] = last.replace(/.(?="}$)/, (digit) => (digit === '0' ? '1' : '0'));
    writeFileSync(path, lines.join('\n'));
    if (!keepsFile) rmSync(join(dir, 'checkpoint'));
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'));
  });

  test('refuses a log whose checkpoint record is torn, and whose file checkpoint states other records', async () => {
    await (await AuditLog.open(options())).close();
    const path = join(dir, segments()[0] as string);
    const lines = readFileSync(path, 'utf8').split('\n');
    const changed = lines.at(-3)?.replace(/.(?="}$)/, (digit) => (digit === '0' ? '1' : '0')) as string;
    writeFileSync(path, [...lines.slice(0, -3), changed, '{"seq"'].join('\n'));
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });

  test('refuses a log cut below its checkpoint file, and a key that is behind', async () => {
    await (await AuditLog.open(options())).close();
    const keys = readFileSync(join(`${dir}.keys`, 'key.state'));
    const log = await AuditLog.open(options());
    await log.close();
    const newer = readFileSync(join(`${dir}.keys`, 'key.state'));
    writeFileSync(join(`${dir}.keys`, 'key.state'), keys);
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    writeFileSync(join(`${dir}.keys`, 'key.state'), newer);
    truncateSync(join(dir, segments()[0] as string), 100);
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });

  test('refuses keys that others can read', async () => {
    await (await AuditLog.open(options())).close();
    chmodSync(join(`${dir}.keys`, 'key.state'), 0o644);
    await expect(AuditLog.open(options())).rejects.toMatchObject({ code: 'INSECURE_KEY_FILE' });
  });

  test('goes on in an empty newest segment', async () => {
    const log = await AuditLog.open(options({ rotation: { segmentBytes: 1024 } }));
    await log.emit(event(1)).durable;
    await log.close();
    const size = records().length;
    appendFileSync(join(dir, `segment-${String(size).padStart(20, '0')}.ndjson`), '');
    await (await AuditLog.open(options())).close();
    expect(types().slice(size)).toEqual(['segment_opened', 'log_opened', 'log_closed', 'checkpoint']);
  });
});

describe('rotation', () => {
  test('closes a segment with a checkpoint, opens the next with the frontier, lists sums', async () => {
    const log = await AuditLog.open(options({ rotation: { segmentBytes: 2048 } }));
    for (let n = 0; n < 20; n++) await log.emit(event(n)).durable;
    await log.close();
    expect(segments().length).toBeGreaterThan(2);
    for (const name of segments().slice(1)) {
      const [first = ''] = readFileSync(join(dir, name), 'utf8').split('\n');
      expect(JSON.parse(first)).toMatchObject({
        event_type: 'segment_opened',
        seq: Number(name.slice(8, 28)),
      });
    }
    for (const name of segments().slice(0, -1)) {
      expect(
        JSON.parse(readFileSync(join(dir, name), 'utf8').trimEnd().split('\n').at(-1) as string),
      ).toMatchObject({
        event_type: 'checkpoint',
      });
    }
    const { execFileSync } = await import('node:child_process');
    const sums = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dir, encoding: 'utf8' });
    expect(sums.trimEnd().split('\n')).toHaveLength(segments().length - 1);
    expect(records().map(({ seq }) => seq)).toEqual(records().map((_, i) => i));
  });

  test('takes the sum back of a segment that goes on, because its writer died before the next one', async () => {
    const { execFileSync } = await import('node:child_process');
    const check = (): string[] =>
      execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dir, encoding: 'utf8' }).trimEnd().split('\n');
    const fileSystem = new TestFileSystem();
    const rotation = { segmentBytes: 2048 };
    const log = await AuditLog.open(options({ rotation }), { fileSystem });
    while (segments().length < 2) await log.emit(event(1)).durable;
    fileSystem.fails = (operation) => operation.op === 'open' && operation.path.endsWith('.ndjson');
    await (async () => {
      for (;;) await log.emit(event(2)).durable;
    })().catch(({ code }) => expect(code).toBe('WRITER_FAILED'));
    await expect(log.close()).rejects.toMatchObject({ code: 'WRITER_FAILED' });
    expect(check()).toHaveLength(2);
    const again = await AuditLog.open(options({ rotation }));
    expect(check()).toHaveLength(1);
    while (segments().length < 3) await again.emit(event(3)).durable;
    await again.close();
    expect(check()).toHaveLength(2);
  });

  test('leaves no list of sums that sha256sum refuses, if the writer died in the very first rotation', async () => {
    const fileSystem = new TestFileSystem();
    const rotation = { segmentBytes: 1024 };
    const log = await AuditLog.open(options({ rotation }), { fileSystem });
    fileSystem.fails = (operation) => operation.op === 'open' && operation.path.endsWith('.ndjson');
    await (async () => {
      for (;;) await log.emit(event(1)).durable;
    })().catch(({ code }) => expect(code).toBe('WRITER_FAILED'));
    await log.close().catch(() => undefined);
    expect(readdirSync(dir)).toContain('SHA256SUMS');
    await (await AuditLog.open(options())).close();
    expect(segments()).toHaveLength(1);
    expect(readdirSync(dir)).not.toContain('SHA256SUMS');
  });

  test('begins a segment with every UTC day', async () => {
    const clock = new TestClock();
    const log = await AuditLog.open(options(), { clock });
    await log.emit(event(1)).durable;
    clock.pass(86_400_000_000);
    await log.emit(event(2)).durable;
    await log.close();
    expect(segments()).toHaveLength(2);
  });
});

describe('emit', () => {
  test('refuses what is no event', async () => {
    await using log = await AuditLog.open(options());
    const bad =
      (members: object, type = 'x') =>
      () =>
        log.emit({ type, severity: 'INFO', members: members as Record<string, never> });
    expect(bad({ n: 1.5 })).toThrow(TypeError);
    expect(bad({ seq: 1 })).toThrow(TypeError);
    expect(bad({ n: 1 }, 'Bad Name')).toThrow(TypeError);
    expect(bad({ n: 1 }, 'checkpoint')).toThrow(TypeError);
    expect(bad({ text: 'x'.repeat(66_000) })).toThrow(TypeError);
    expect(bad({ text: '\ud800' })).toThrow(TypeError);
  });

  test('drops beyond the buffer, accounts for every drop, and never drops CRITICAL', async () => {
    const log = await AuditLog.open(options());
    const outcomes = Array.from({ length: 1500 }, (_, n) => log.emit(event(n)).durable);
    const critical = Array.from({ length: 100 }, (_, n) => log.emit(event(n, 'CRITICAL')).durable);
    const settled = await Promise.allSettled(outcomes);
    const rejected = settled.filter(({ status }) => status === 'rejected');
    expect(rejected.length).toBe(1500 - 936);
    expect(rejected.every((r) => r.status === 'rejected' && r.reason.code === 'BUFFER_FULL')).toBe(true);
    expect(await Promise.all(critical)).toHaveLength(100);
    await log.close();
    const counted = records().filter(({ eventType }) => eventType === 'events_dropped');
    expect(counted.reduce((sum, { members }) => sum + Number(members['count']), 0)).toBe(1500 - 936);
    expect(records().filter(({ severity }) => severity === 'CRITICAL')).toHaveLength(100);
    expect(records().map(({ seq }) => seq)).toEqual(records().map((_, i) => i));
    await (await AuditLog.open(options())).close();
  });

  test('writes CRITICAL records before it returns where the buffer has no room', async () => {
    const log = await AuditLog.open(options());
    for (let n = 0; n < 936; n++) log.emit(event(n));
    for (let n = 0; n < 65; n++) log.emit(event(n, 'CRITICAL'));
    const text = readFileSync(join(dir, segments()[0] as string), 'utf8');
    expect(text.match(/"CRITICAL"/g)).toHaveLength(65);
    await log.close();
    expect(records().map(({ seq }) => seq)).toEqual(records().map((_, i) => i));
  });

  test('acknowledges only after fdatasync', async () => {
    const fileSystem = new TestFileSystem();
    const log = await AuditLog.open(options(), { fileSystem });
    fileSystem.operations.length = 0;
    await log.emit(event(1)).durable;
    expect(fileSystem.operations.map(({ op }) => op)).toEqual(['write', 'datasync']);
    await log.close();
  });

  test.each(['write', 'datasync'])(
    'a failed %s poisons the writer; opening again recovers',
    async (failing) => {
      const fileSystem = new TestFileSystem();
      const log = await AuditLog.open(options(), { fileSystem });
      await log.emit(event(1)).durable;
      fileSystem.fails = ({ op }) => op === failing;
      const first = log.emit(event(2)).durable;
      await new Promise((resolve) => setImmediate(resolve));
      for (const { durable } of [{ durable: first }, log.emit(event(2)), log.emit(event(2, 'CRITICAL'))]) {
        await expect(durable).rejects.toMatchObject({ code: 'WRITER_FAILED', retriable: false });
      }
      fileSystem.fails = () => false;
      expect(() => log.flushSync()).toThrow(expect.objectContaining({ code: 'WRITER_FAILED' }));
      await expect(log.emit(event(3)).durable).rejects.toMatchObject({ code: 'WRITER_FAILED' });
      await expect(log.flush()).rejects.toMatchObject({ code: 'WRITER_FAILED' });
      await expect(log.close()).rejects.toMatchObject({ code: 'WRITER_FAILED' });
      expect(errors.map(({ code, message }) => [code, message])).toEqual([
        ['WRITER_FAILED', 'Writing the log failed (EIO); nothing after the last receipt is acknowledged'],
      ]);
      // A failed fdatasync leaves the records it was for, which nobody was told of.
      const left = records().length;
      const again = await AuditLog.open(options());
      expect((await again.emit(event(4)).durable).seq).toBe(left + 1);
      await again.close();
    },
  );

  test('what an fsync that failed left is written anew before anything follows it', async () => {
    const failing = new TestFileSystem();
    const log = await AuditLog.open(options(), { fileSystem: failing });
    log.emit(event(1, 'CRITICAL'));
    while (!readdirSync(dir).includes('checkpoint')) await new Promise((resolve) => setImmediate(resolve));
    failing.fails = ({ op }) => op === 'datasync';
    await log.emit(event(2)).durable.catch(() => undefined);
    await log.close().catch(() => undefined);
    const path = join(dir, segments()[0] as string);
    const bytes = readFileSync(path);
    const [unsynced = ''] = bytes.toString().split('\n').slice(-2);
    const fileSystem = new TestFileSystem();
    await (await AuditLog.open(options(), { fileSystem })).close();
    const write = fileSystem.operations.find((operation) => operation.op === 'write');
    expect(Buffer.from(write?.bytes ?? []).toString()).toBe(`${unsynced}\n`);
    expect(write?.position).toBe(bytes.length - unsynced.length - 1);
  });

  test('flushSync writes everything before it returns, and tells of a failure', async () => {
    const fileSystem = new TestFileSystem();
    const log = await AuditLog.open(options(), { fileSystem });
    log.flushSync();
    log.emit(event(1));
    await new Promise((resolve) => setImmediate(resolve));
    log.emit(event(2));
    log.emit(event(3, 'CRITICAL'));
    log.flushSync();
    expect(fileSystem.operations.filter(({ op }) => op === 'datasync').length).toBeGreaterThan(0);
    expect(types().filter((type) => type === 'test_event')).toHaveLength(3);
    fileSystem.fails = ({ op }) => op === 'datasync';
    const { durable } = log.emit(event(4, 'CRITICAL'));
    expect(() => log.flushSync()).toThrow(expect.objectContaining({ code: 'WRITER_FAILED' }));
    await expect(durable).rejects.toMatchObject({ code: 'WRITER_FAILED' });
    await expect(log.close()).rejects.toMatchObject({ code: 'WRITER_FAILED' });
    expect(errors).toHaveLength(1);
  });

  test('flushSync cannot wait for the signer that calls it, and says so', async () => {
    const local = new LocalSigner(new Uint8Array(32).fill(7));
    const thrown: unknown[] = [];
    const signer = {
      publicKey: local.publicKey,
      sign: (message: Uint8Array) => {
        log?.emit(event(2));
        try {
          log?.flushSync();
        } catch (error) {
          thrown.push(error);
        }
        return local.sign(message);
      },
    };
    let log: AuditLog | undefined;
    log = await AuditLog.open(options({ signer }));
    await log.emit(event(1, 'CRITICAL')).durable;
    await log.close();
    expect(thrown[0]).toBeInstanceOf(TypeError);
  });

  test('after close is refused, and close can be called twice', async () => {
    const log = await AuditLog.open(options());
    await Promise.all([log.close(), log.close()]);
    await expect(log.emit(event(1)).durable).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });
});

describe('flush modes', () => {
  test('batched waits for the number of records', async () => {
    const fileSystem = new TestFileSystem();
    const flush = { mode: 'batched', records: 3, intervalMs: 60_000 } as const;
    const log = await AuditLog.open(options({ flush }), { fileSystem });
    fileSystem.operations.length = 0;
    const receipts = [1, 2].map((n) => log.emit(event(n)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fileSystem.operations).toEqual([]);
    receipts.push(log.emit(event(3)));
    await Promise.all(receipts.map(({ durable }) => durable));
    log.emit(event(4));
    await log.flush();
    expect(types().filter((type) => type === 'test_event')).toHaveLength(4);
    await log.close();
  });

  test('hybrid writes CRITICAL records, and all before them, at once', async () => {
    const flush = { mode: 'hybrid', records: 900, intervalMs: 60_000 } as const;
    const log = await AuditLog.open(options({ flush }));
    log.emit(event(1));
    expect((await log.emit(event(2, 'CRITICAL')).durable).seq).toBe(2);
    await log.close();
    expect(types()).toContain('checkpoint');
  });
});

describe('checkpoints and the clock', () => {
  test('a checkpoint follows a CRITICAL record and ends the epoch', async () => {
    const log = await AuditLog.open(options());
    await log.emit(event(1, 'CRITICAL')).durable;
    await log.emit(event(2)).durable;
    await log.close();
    expect(types().slice(0, 4)).toEqual(['log_opened', 'test_event', 'checkpoint', 'test_event']);
    expect(records()[3]?.epoch).toBe(1);
  });

  test('a checkpoint follows after the interval, and none where nothing is uncovered', async () => {
    const log = await AuditLog.open(options({ checkpoint: { intervalMs: 10 } }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await log.close();
    expect(types()).toEqual(['log_opened', 'checkpoint', 'log_closed', 'checkpoint']);
  });

  test('an asynchronous signer that fails is reported; records go on', async () => {
    const local = new LocalSigner(new Uint8Array(32).fill(7));
    let down = true;
    const signer = {
      publicKey: local.publicKey,
      sign: async (message: Uint8Array) => {
        if (down) throw new Error('KMS is down');
        return local.sign(message);
      },
    };
    const log = await AuditLog.open(options({ signer }));
    await log.emit(event(1, 'CRITICAL')).durable;
    await log.emit(event(2)).durable;
    expect(errors.map(({ code }) => code)).toContain('SIGNER_FAILED');
    down = false;
    await log.close();
    expect(types().at(-1)).toBe('checkpoint');
  });

  test.each([
    ['back an hour', Date.UTC(2026, 0, 2, 2, 4, 5), 1],
    ['back to 1970', 0, 1],
    ['forward to 2099', Date.UTC(2099, 0, 1), 2],
  ])('a clock that jumps %s, and then to where it was, costs nothing', async (_, millis, segmentCount) => {
    const clock = new TestClock();
    const { wall } = clock;
    const log = await AuditLog.open(options({ secret: 'a secret of sixteen bytes' }), { clock });
    for (const micros of [wall, millis * 1000, wall]) {
      clock.wall = micros;
      clock.pass(1_000_000);
      await log.emit(event(1)).durable;
    }
    await log.close();
    const again = await AuditLog.open(options(), { clock });
    await again.emit(event(2)).durable;
    await again.close();
    expect(types().filter((type) => type === 'clock_jumped')).toHaveLength(2);
    expect(segments()).toHaveLength(segmentCount);
    const result = await verifyLog(await openLog(dir), {
      secret: 'a secret of sixteen bytes',
      vkey: log.vkey,
    });
    expect(result).toMatchObject({ status: 'verified', mac: 'verified', closed: true });
    expect(types().filter((type) => type === 'test_event')).toHaveLength(4);
  });

  test('a clock that steps back repeats the last time and is recorded', async () => {
    const clock = new TestClock();
    const log = await AuditLog.open(options(), { clock });
    clock.wall -= 3_600_000_000;
    await log.emit(event(1)).durable;
    await log.close();
    expect(types()).toContain('clock_jumped');
    const times = records().map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort());
  });
});
