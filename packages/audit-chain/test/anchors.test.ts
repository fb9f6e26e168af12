import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCosignerKey } from '../src/keys/cosigner-key.js';
import { parseVerifierKey } from '../src/keys/verifier-key.js';
import type { Anchor, PublishedCheckpoint } from '../src/node/anchor/anchor.js';
import { callbackAnchor } from '../src/node/anchor/callback-anchor.js';
import { fileAnchor } from '../src/node/anchor/file-anchor.js';
import { witnessAnchor } from '../src/node/anchor/witness-anchor.js';
import { AuditLog } from '../src/node/audit-log.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import { openLog } from '../src/node/open-log.js';
import { openCheckpoint, parseCheckpoint } from '../src/note/checkpoint.js';
import { verifyCosignature } from '../src/note/cosignature.js';
import { proveInclusion } from '../src/proof/prove.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestWitness } from './test-witness.js';

let place: ScratchLog;
let witness: TestWitness;
let log: AuditLog | undefined;

beforeEach(async () => {
  place = new ScratchLog();
  witness = await TestWitness.listen(join(place.scratch, 'witness'));
});
afterEach(async () => {
  await log?.close().catch(() => undefined);
  log = undefined;
  await witness.close().catch(() => undefined);
  place.remove();
});

/** Fast, so that a test of a failure takes no seconds. */
const QUICK = { retryMs: 10, timeoutMs: 30_000 } as const;

const witnessed = (more = {}): Anchor => witnessAnchor(witness.url, witness.vkey, { ...QUICK, ...more });
const open = async (more: Partial<AuditLogOptions>): Promise<AuditLog> => {
  log = await AuditLog.open(place.options({ checkpoint: { records: 1 }, ...more }));
  witness.know(log.vkey);
  return log;
};
const checkpointFile = (): string => readFileSync(join(place.dir, 'checkpoint'), 'utf8');
const codes = (): string[] => place.errors.map(({ code }) => code);

describe('a witness', () => {
  test('cosigns every checkpoint that it gets; the file checkpoint, proofs and verifiers take the cosignature', async () => {
    const { vkey } = await open({ anchors: [witnessed()] });
    const { seq } = await (log as AuditLog).emit(testEvent(1)).durable;
    const { treeSize, anchors } = await (log as AuditLog).emit(testEvent(2)).anchored;
    expect(treeSize).toBeGreaterThan(seq + 1);
    expect(anchors).toEqual(['witness.example/w1']);
    await log?.close();
    const text = checkpointFile();
    expect(verifyCosignature(text, witness.vkey).name).toBe('witness.example/w1');
    expect(openCheckpoint(text, parseVerifierKey(vkey)).note.signatures).toHaveLength(2);
    expect(await verifyLog(await openLog(place.dir), { vkey })).toMatchObject({ status: 'verified' });
    const { proof } = await proveInclusion(await openLog(place.dir), seq, { vkey });
    expect(verifyCosignature(proof.checkpoint, witness.vkey)).toMatchObject({ name: 'witness.example/w1' });
    expect(place.errors).toEqual([]);
  });

  test('goes on after a log that is opened again: it says its size, and the proof is read from the log', async () => {
    const anchors = (): Anchor[] => [witnessed({ onFailure: 'require' })];
    for (let n = 0; n < 3; n++) {
      await open({ anchors: anchors(), rotation: { segmentBytes: 1024 } });
      for (let i = 0; i < 5; i++) await (log as AuditLog).emit(testEvent(i)).anchored;
      await log?.close();
    }
    expect(place.segments().length).toBeGreaterThan(2);
    expect(verifyCosignature(checkpointFile(), witness.vkey)).toBeDefined();
    expect(place.errors).toEqual([]);
    // Each opening asks from 0 once, then never again.
    expect(witness.olderSizes.filter((size) => size === 0)).toHaveLength(3);
  });

  test('that is down is reported; the newest checkpoint follows once it is there again', async () => {
    await open({ anchors: [witnessed({ onFailure: 'require' })] });
    await (log as AuditLog).emit(testEvent(1)).anchored;
    await witness.close();
    const { durable, anchored } = (log as AuditLog).emit(testEvent(2));
    await durable;
    await expect(anchored).rejects.toMatchObject({ code: 'ANCHOR_FAILED', retriable: true });
    expect(codes().length).toBeGreaterThanOrEqual(3);
    witness = await witness.restarted();
    witness.know((log as AuditLog).vkey);
    for (;;) {
      const reached = (log as AuditLog).emit(testEvent(3)).anchored;
      if (
        await reached.then(
          () => true,
          () => false,
        )
      )
        break;
    }
    await log?.close();
    expect(witness.olderSizes).not.toContain(0); // what it knows was not asked for anew
    expect(verifyCosignature(checkpointFile(), witness.vkey)).toBeDefined();
    expect(new Set(codes())).toEqual(new Set(['ANCHOR_FAILED']));
  });

  test('catches a restored backup that goes on by mistake, of fewer records and of more', async () => {
    await open({ anchors: [witnessed()] });
    await log?.emit(testEvent(1)).anchored;
    await log?.close();
    const backup = join(place.scratch, 'backup');
    cpSync(place.dir, backup, { recursive: true });
    cpSync(`${place.dir}.keys`, `${backup}.keys`, { recursive: true });
    await open({ anchors: [witnessed()] });
    for (let n = 0; n < 5; n++) await log?.emit(testEvent(n)).anchored;
    await log?.close();
    expect(place.errors).toEqual([]);
    const newest = join(place.scratch, 'newest');
    cpSync(join(place.dir, 'checkpoint'), newest);
    rmSync(place.dir, { recursive: true });
    rmSync(`${place.dir}.keys`, { recursive: true });
    cpSync(backup, place.dir, { recursive: true });
    cpSync(`${backup}.keys`, `${place.dir}.keys`, { recursive: true });
    const knownSize = parseCheckpoint(readFileSync(newest, 'utf8')).treeSize;
    const restored = await open({ anchors: [witnessed({ onFailure: 'require' })] });
    const CONFLICT = { code: 'ANCHOR_CONFLICT', retriable: false };
    await expect(restored.emit(testEvent(0)).anchored).rejects.toMatchObject(CONFLICT);
    expect(restored.treeSize).toBeLessThan(knownSize);
    await restored.close();
    expect(new Set(codes())).toEqual(new Set(['ANCHOR_CONFLICT']));
    place.errors.length = 0;
    const grown = await open({ anchors: [witnessed({ onFailure: 'require' })], checkpoint: {} });
    for (let n = 0; n < 40; n++) await grown.emit(testEvent(n)).durable;
    expect(grown.treeSize).toBeGreaterThan(knownSize);
    await grown.close();
    expect(new Set(codes())).toEqual(new Set(['ANCHOR_CONFLICT']));
  });

  test('that does not know the log or is another one anchors nothing', async () => {
    const stranger = witness.vkey;
    const other = await TestWitness.listen(join(place.scratch, 'other'));
    log = await AuditLog.open(
      place.options({ checkpoint: { records: 1 }, anchors: [witnessAnchor(witness.url, stranger, QUICK)] }),
    );
    await expect(log.emit(testEvent(1)).anchored).rejects.toMatchObject({ code: 'ANCHOR_FAILED' }); // 404
    await log.close();
    place.errors.length = 0;
    other.know(log.vkey);
    await open({ anchors: [witnessAnchor(other.url, stranger, QUICK)] });
    await expect((log as AuditLog).emit(testEvent(1)).anchored).rejects.toMatchObject({
      code: 'ANCHOR_FAILED',
    });
    await log?.close();
    expect(parseCheckpoint(checkpointFile()).note.signatures).toHaveLength(1);
    await other.close();
  });
});

describe('a file', () => {
  const file = (): string => join(place.scratch, 'elsewhere', 'checkpoint');
  beforeEach(() => mkdirSync(join(place.scratch, 'elsewhere')));

  test('holds the newest checkpoint, also of a log that is opened again', async () => {
    for (let n = 0; n < 2; n++) {
      await open({ anchors: [fileAnchor(file(), { ...QUICK, onFailure: 'require' })] });
      const { treeSize } = await (log as AuditLog).emit(testEvent(n)).anchored;
      expect(parseCheckpoint(readFileSync(file(), 'utf8')).treeSize).toBeGreaterThanOrEqual(treeSize);
      await log?.close();
      expect(readFileSync(file(), 'utf8')).toBe(checkpointFile());
    }
    const anchors = [readFileSync(file(), 'utf8')];
    const vkey = (log as AuditLog).vkey;
    expect(await verifyLog(await openLog(place.dir), { vkey, anchors })).toMatchObject({
      status: 'verified',
    });
    expect(place.errors).toEqual([]);
  });

  test.each([
    ['of another log', () => readFileSync(file(), 'utf8').replace(/^.*\//, 'another/')],
    ['of more records', () => readFileSync(file(), 'utf8').replace(/\n[0-9]+\n/, '\n9999\n')],
    [
      'of other records',
      () => readFileSync(file(), 'utf8').replace(/\n[A-Za-z0-9+/]{43}=\n/, `\n${'A'.repeat(43)}=\n`),
    ],
    ['that is none', () => 'a shopping list\n'],
  ])('with a checkpoint %s is never replaced', async (_, content) => {
    const anchors = [fileAnchor(file(), QUICK)];
    await open({ anchors });
    await log?.emit(testEvent(1)).anchored;
    await log?.close();
    const foreign = content();
    writeFileSync(file(), foreign);
    await open({ anchors });
    await expect((log as AuditLog).emit(testEvent(2)).anchored).rejects.toMatchObject({
      code: 'ANCHOR_CONFLICT',
    });
    await log?.close();
    expect(readFileSync(file(), 'utf8')).toBe(foreign);
    expect(new Set(codes())).toEqual(new Set(['ANCHOR_CONFLICT']));
  });

  test('whose directory is gone is reported with what the system says', async () => {
    rmSync(join(place.scratch, 'elsewhere'), { recursive: true });
    await open({ anchors: [fileAnchor(file(), QUICK)] });
    await expect((log as AuditLog).emit(testEvent(1)).anchored).rejects.toMatchObject({
      code: 'ANCHOR_FAILED',
    });
    expect(place.errors[0]?.message).toContain('ENOENT');
    expect(existsSync(file())).toBe(false);
  });
});

describe('a callback', () => {
  test('gets checkpoints one at a time, each larger; the newest comes though others are left out', async () => {
    const taken: number[] = [];
    let running = 0;
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const slow = callbackAnchor(async ({ treeSize }) => {
      expect(running++).toBe(0);
      await held;
      running--;
      taken.push(treeSize);
    }, QUICK);
    await open({ anchors: [slow] });
    for (let n = 0; n < 30; n++) await log?.emit(testEvent(n)).durable;
    letGo();
    await log?.close();
    const checkpoints = place.types().filter((type) => type === 'checkpoint').length;
    expect(taken.length).toBeLessThan(checkpoints);
    expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
    expect(taken.at(-1)).toBe(parseCheckpoint(checkpointFile()).treeSize);
  });

  test('that hangs keeps neither records nor the close waiting, and is not called again meanwhile', async () => {
    let calls = 0;
    const hanging = callbackAnchor(
      () => {
        calls++;
        return new Promise(() => undefined);
      },
      { ...QUICK, timeoutMs: 20, onFailure: 'require' },
    );
    await open({ anchors: [hanging] });
    const { durable, anchored } = (log as AuditLog).emit(testEvent(1));
    await durable;
    await expect(anchored).rejects.toMatchObject({ code: 'ANCHOR_FAILED' });
    await log?.close();
    expect(calls).toBe(1);
    expect(place.types()).toContain('log_closed');
  });

  test('can prove every checkpoint from every one before it', async () => {
    const taken: PublishedCheckpoint[] = [];
    const keeping = callbackAnchor((checkpoint) => void taken.push(checkpoint));
    await open({ anchors: [keeping], rotation: { segmentBytes: 2048 } });
    for (let n = 0; n < 12; n++) await log?.emit(testEvent(n)).anchored;
    const signal = new AbortController().signal;
    for (const { treeSize: older } of taken) {
      for (const newer of taken.filter(({ treeSize }) => treeSize > older)) {
        expect((await newer.proveFrom(older, signal)).every((hash) => hash.length === 32)).toBe(true);
      }
    }
    expect(taken.length).toBeGreaterThan(10);
  });
});

describe('anchored', () => {
  const failing = (onFailure: 'continue' | 'require', name: string): Anchor =>
    callbackAnchor(() => Promise.reject(new Error('no')), { ...QUICK, onFailure, name });
  const working = (onFailure: 'continue' | 'require', name: string): Anchor =>
    callbackAnchor(() => undefined, { ...QUICK, onFailure, name });

  test('needs every anchor that is required and no other', async () => {
    await open({ anchors: [working('require', 'a'), working('require', 'b'), failing('continue', 'c')] });
    expect((await (log as AuditLog).emit(testEvent(1)).anchored).anchors).toEqual(['a', 'b']);
    await log?.close();
    await open({ anchors: [working('require', 'a'), failing('require', 'b')] });
    await expect((log as AuditLog).emit(testEvent(1)).anchored).rejects.toMatchObject({
      code: 'ANCHOR_FAILED',
    });
    expect(place.errors.every(({ message }) => !message.includes(': no'))).toBe(true);
  });

  test('needs one anchor where none is required', async () => {
    await open({ anchors: [failing('continue', 'a'), working('continue', 'b')] });
    expect((await (log as AuditLog).emit(testEvent(1)).anchored).anchors).toEqual(['b']);
    await log?.close();
    await open({ anchors: [failing('continue', 'a'), failing('continue', 'b')] });
    await expect((log as AuditLog).emit(testEvent(1)).anchored).rejects.toMatchObject({
      code: 'ANCHOR_FAILED',
    });
  });

  test('rejects without an anchor, after the close, and as the record itself does', async () => {
    await open({});
    const { durable, anchored } = (log as AuditLog).emit(testEvent(1));
    await durable;
    await expect(anchored).rejects.toMatchObject({ code: 'NOT_ANCHORED' });
    await log?.close();
    await expect(log?.emit(testEvent(2)).anchored).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });

  test('of a record before the last checkpoint resolves after the close too', async () => {
    await open({ anchors: [working('require', 'a')], checkpoint: {} });
    const receipt = (log as AuditLog).emit(testEvent(1));
    await log?.close();
    expect((await receipt.anchored).anchors).toEqual(['a']);
  });

  test('of many records, while an anchor is down, ends for every one of them', async () => {
    let isDown = true;
    const anchor = callbackAnchor(() => (isDown ? Promise.reject(new Error('no')) : undefined), {
      ...QUICK,
      onFailure: 'require',
    });
    await open({ anchors: [anchor], checkpoint: { records: 2 } });
    const all: Promise<string>[] = [];
    for (let n = 0; n < 400; n++) {
      const { durable, anchored } = (log as AuditLog).emit(testEvent(n));
      all.push(
        anchored.then(
          () => 'anchored',
          ({ code }) => code as string,
        ),
      );
      await durable;
    }
    isDown = false;
    await log?.close();
    const outcomes = new Set(await Promise.all(all));
    expect(outcomes.has('ANCHOR_FAILED') || outcomes.has('anchored')).toBe(true);
    expect([...outcomes].every((outcome) => ['anchored', 'ANCHOR_FAILED'].includes(outcome))).toBe(true);
  });
});

test('anchors that make no sense are refused', async () => {
  const { vkey } = witness;
  expect(parseCosignerKey(vkey).name).toBe('witness.example/w1');
  expect(() => witnessAnchor('ftp://example', vkey)).toThrow(TypeError);
  expect(() => witnessAnchor('http://user:secret@example', vkey)).toThrow(TypeError);
  expect(() => witnessAnchor('http://example?a=b', vkey)).toThrow(TypeError);
  expect(() => witnessAnchor('nowhere', vkey)).toThrow(TypeError);
  expect(() => witnessAnchor('http://example', 'a+b+c')).toThrow(
    expect.objectContaining({ code: 'INVALID_KEY' }),
  );
  expect(() => fileAnchor('x', { timeoutMs: 0 })).toThrow(RangeError);
  expect(() => fileAnchor('x', { retryMs: 1e9 })).toThrow(RangeError);
  expect(() => fileAnchor('x', { onFailure: 'ignore' as 'continue' })).toThrow(TypeError);
  const anchors = Array.from({ length: 100 }, () => callbackAnchor(() => undefined));
  await expect(AuditLog.open(place.options({ anchors }))).rejects.toThrow(RangeError);
});
