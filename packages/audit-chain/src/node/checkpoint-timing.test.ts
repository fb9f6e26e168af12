import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ScratchLog, testEvent } from '../../test/scratch-log.js';
import { TestClock } from '../../test/test-clock.js';
import { TestFileSystem } from '../../test/test-file-system.js';
import { LocalSigner } from '../keys/signing-key.js';
import { AuditLog } from './audit-log.js';
import type { FileOperation } from './file-operation.js';

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => {
  vi.useRealTimers();
  place.remove();
});

const local = new LocalSigner(new Uint8Array(32).fill(7));
const count = (type: string): number => place.types().filter((other) => other === type).length;
const milliseconds = (duration: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, duration));

/** A signer that can be down, and counts how often it was asked. */
class TestSigner {
  readonly publicKey: Uint8Array = local.publicKey;
  asked = 0;
  isDown = false;

  async sign(message: Uint8Array): Promise<Uint8Array> {
    this.asked++;
    if (this.isDown) throw new Error('KMS is down');
    return local.sign(message);
  }
}

describe('a signer that is down', () => {
  test('is asked again only after a pause, though a rotation is due with every record', async () => {
    const clock = new TestClock();
    const signer = new TestSigner();
    const log = await AuditLog.open(place.options({ signer, rotation: { segmentBytes: 1024 } }), { clock });
    signer.isDown = true;
    for (let n = 0; n < 30; n++) await log.emit(testEvent(n)).durable;
    expect(signer.asked).toBe(1);
    clock.pass(9_000_000);
    for (let n = 0; n < 5; n++) await log.emit(testEvent(n)).durable;
    expect(signer.asked).toBe(1);
    clock.pass(2_000_000);
    for (let n = 0; n < 5; n++) await log.emit(testEvent(n)).durable;
    expect(signer.asked).toBe(2);
    expect(place.errors.map(({ code }) => code)).toEqual(['SIGNER_FAILED', 'SIGNER_FAILED']);
    expect(place.segments()).toHaveLength(1);

    signer.isDown = false;
    clock.pass(10_000_000);
    await log.emit(testEvent(0)).durable;
    expect(place.segments()).toHaveLength(2);
    await log.close();
  });

  test('pauses no longer than the interval between checkpoints', async () => {
    const clock = new TestClock();
    const signer = new TestSigner();
    const options = place.options({
      signer,
      rotation: { segmentBytes: 1024 },
      checkpoint: { intervalMs: 1000 },
    });
    const log = await AuditLog.open(options, { clock });
    signer.isDown = true;
    for (let n = 0; n < 5; n++) {
      clock.pass(400_000);
      await log.emit(testEvent(n)).durable;
    }
    // At 400 ms nothing is due; the interval is over at 1200 ms, the pause at 2200 ms.
    expect(signer.asked).toBe(1);
    clock.pass(400_000);
    await log.emit(testEvent(5)).durable;
    expect(signer.asked).toBe(2);
    await log.close();
  });

  test('is asked at close whatever it did before', async () => {
    const signer = new TestSigner();
    const log = await AuditLog.open(place.options({ signer }), { clock: new TestClock() });
    signer.isDown = true;
    await log.emit(testEvent(1, 'CRITICAL')).durable;
    signer.isDown = false;
    await log.close();
    expect(place.types().at(-1)).toBe('checkpoint');
  });

  test('that never answers holds the records up for 5 s, not for good', async () => {
    const silent = { publicKey: local.publicKey, sign: () => new Promise<Uint8Array>(() => undefined) };
    const log = await AuditLog.open(place.options({ signer: silent }), { clock: new TestClock() });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await log.emit(testEvent(1, 'CRITICAL')).durable;
    const { durable } = log.emit(testEvent(2));
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await durable).seq).toBe(2);
    expect(place.errors.map(({ code }) => code)).toEqual(['SIGNER_FAILED']);
    const closing = log.close();
    while ((await Promise.race([closing, Promise.resolve('open')])) === 'open') {
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(place.types().at(-1)).toBe('log_closed');
  });
});

/** Emits a record each time that one was made durable, so that something always waits. */
class BusyFileSystem extends TestFileSystem {
  onDatasync: () => void = () => undefined;

  override async run(operation: FileOperation): Promise<unknown> {
    if (operation.op === 'datasync') this.onDatasync();
    return super.run(operation);
  }
}

describe('under a load that never ends', () => {
  async function writeUnderLoad(
    checkpoint: object,
    onRecord: (n: number, clock: TestClock) => 'INFO' | 'CRITICAL',
  ): Promise<void> {
    const fileSystem = new BusyFileSystem();
    const clock = new TestClock();
    const log = await AuditLog.open(place.options({ checkpoint }), { fileSystem, clock });
    await new Promise<void>((resolve) => {
      let n = 0;
      fileSystem.onDatasync = () => {
        if (++n <= 100) log.emit(testEvent(n, onRecord(n, clock)));
        else resolve();
      };
      log.emit(testEvent(0));
    });
    await log.flush();
    fileSystem.onDatasync = () => undefined;
  }

  test('checkpoints come after so many records', async () => {
    await writeUnderLoad({ records: 10 }, () => 'INFO');
    expect(count('checkpoint')).toBeGreaterThanOrEqual(8);
  });

  test('checkpoints come after the interval', async () => {
    await writeUnderLoad({}, (_, clock) => {
      clock.pass(1_000_000);
      return 'INFO';
    });
    expect(count('checkpoint')).toBeGreaterThanOrEqual(8);
  });

  test('a checkpoint follows a CRITICAL record at once', async () => {
    await writeUnderLoad({}, (n) => (n === 50 ? 'CRITICAL' : 'INFO'));
    const records = place.records();
    const critical = records.findIndex(({ severity }) => severity === 'CRITICAL');
    expect(records[critical + 1]?.eventType).toBe('checkpoint');
  });
});

test('an asynchronous signer that a synchronous write could not wait for is asked right after it', async () => {
  const signer = new TestSigner();
  const log = await AuditLog.open(place.options({ signer }));
  for (let n = 0; n < 936; n++) log.emit(testEvent(n));
  for (let n = 0; n < 65; n++) log.emit(testEvent(n, 'CRITICAL'));
  expect(count('checkpoint')).toBe(0);
  await vi.waitUntil(() => count('checkpoint') === 1, { timeout: 2000 });
  await log.close();
});

test('nothing is written after close, not even if the last checkpoint could not be signed', async () => {
  const fileSystem = new (class extends TestFileSystem {
    delayMs = 0;
    signing = 0;
    override async run(operation: FileOperation): Promise<unknown> {
      if (operation.op === 'sign') {
        this.signing++;
        await milliseconds(this.delayMs);
      }
      return super.run(operation);
    }
  })();
  const signer = new TestSigner();
  const options = place.options({ signer, checkpoint: { intervalMs: 200 } });
  const log = await AuditLog.open(options, { fileSystem });
  signer.isDown = true;
  fileSystem.delayMs = 50;
  // The interval is over and its checkpoint is being signed when the log is closed.
  await vi.waitUntil(() => fileSystem.signing > 0, { interval: 5 });
  await log.close();
  fileSystem.operations.length = 0;
  await milliseconds(300);
  expect(fileSystem.operations).toEqual([]);
});
