import { describe, expect, test, vi } from 'vitest';
import { toHex } from '../src/bytes.js';
import { deriveRootKey } from '../src/keys/epoch-keys.js';
import { judge } from './judge.js';
import { makeLog, SECRET } from './make-log.js';
import type { PlainOptions } from './oracle/plain-verifier.js';
import { type Files, linesOf, segmentNames, withFile, withLines } from './tampering.js';

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const log = makeLog([
  ...(['event', 'event', 'checkpoint', 'event', 'rotate'] as const),
  ...(['event', 'event', 'reopen', 'event', 'rotate'] as const),
  ...(['event', 'event', 'close'] as const),
]);
const segments = segmentNames(log.files);
const [first, second, third] = segments as [string, string, string];
const KEYS: readonly PlainOptions[] = [
  { secret: SECRET },
  { vkey: log.vkey },
  { secret: SECRET, vkey: log.vkey },
];

/** Judges a tampered log with every key; gives the verdicts, in the order of `KEYS`. */
async function verdicts(files: Files): Promise<{ status: string; reasons: Set<string> }[]> {
  const found = [];
  for (const keys of KEYS) {
    const { verdict, expected } = await judge(files, keys);
    expect(verdict).toEqual(expected);
    found.push({ status: verdict.status, reasons: new Set(verdict.defects.map(({ reason }) => reason)) });
  }
  return found;
}

const everyLine = segments.flatMap((name) =>
  linesOf(log.files, name).map((_, line) => [name, line] as const),
);

describe.each(everyLine)('the record of %s at %i', (name, line) => {
  const lines = linesOf(log.files, name);
  const own = lines[line] as Uint8Array;
  const isLastOfLog = name === third && line === lines.length - 1;

  test('cannot be removed', async () => {
    for (const { status } of await verdicts(withLines(log.files, name, lines.toSpliced(line, 1)))) {
      // The final checkpoint record: the checkpoint file, which is what it says, covers everything before it.
      expect(status).toBe(isLastOfLog ? 'verified' : 'tampered');
    }
  });

  test('cannot be doubled', async () => {
    for (const { status, reasons } of await verdicts(
      withLines(log.files, name, lines.toSpliced(line, 0, own)),
    )) {
      expect(status).toBe('tampered');
      expect(reasons).toContain(line === 0 && name === first ? 'SEQUENCE_GAP' : 'PREV_MISMATCH');
    }
  });

  test('cannot be swapped with another', async () => {
    for (const other of [line + 1, line + 3].filter((index) => index < lines.length)) {
      const swapped = lines.with(line, lines[other] as Uint8Array).with(other, own);
      for (const { status } of await verdicts(withLines(log.files, name, swapped)))
        expect(status).toBe('tampered');
    }
  });

  test('cannot be moved', async () => {
    for (const [to] of everyLine.filter(([target]) => target !== name)) {
      const without = withLines(log.files, name, lines.toSpliced(line, 1));
      const moved = withLines(without, to, [...linesOf(without, to), own]);
      for (const { status } of await verdicts(moved)) expect(status).toBe('tampered');
    }
  });
});

describe('segments', () => {
  test.each([
    ['the first', first, 'UNRECORDED_PRUNING', 'incomplete'],
    ['the middle one', second, 'MISSING_SEGMENT', 'tampered'],
    ['the newest', third, 'ROLLED_BACK', 'rolled_back'],
  ])('%s cannot be removed unnoticed', async (_, name, reason, status) => {
    for (const verdict of await verdicts(withFile(log.files, name, undefined))) {
      expect(verdict.reasons).toContain(reason);
      expect(verdict.status).toBe(status);
    }
  });

  test.each([
    [first, second],
    [second, third],
    [first, third],
  ])('%s and %s cannot be swapped', async (one, other) => {
    const swapped = withFile(withFile(log.files, one, log.files.get(other)), other, log.files.get(one));
    for (const { status } of await verdicts(swapped)) expect(status).toBe('tampered');
  });

  test.each(segments)('%s cannot be replaced by an older copy', async (name) => {
    const lines = linesOf(log.files, name);
    for (let kept = 0; kept < lines.length - 1; kept++) {
      for (const { status } of await verdicts(withLines(log.files, name, lines.slice(0, kept)))) {
        expect(status).toBe(name === third ? 'rolled_back' : 'tampered');
      }
    }
  });

  test('an empty newest segment is legal, an empty older one is missing', async () => {
    const [ok] = await verdicts(
      new Map(log.files).set('segment-00000000000000000017.ndjson', new Uint8Array()),
    );
    expect(log.lines).toHaveLength(17);
    expect(ok).toEqual({ status: 'verified', reasons: new Set() });
    const [missing] = await verdicts(withFile(log.files, second, new Uint8Array()));
    expect(missing?.reasons).toContain('MISSING_SEGMENT');
  });

  test('of another log of the same worker do not fit', async () => {
    const other = makeLog(['event', 'event', 'checkpoint', 'event', 'rotate'], { seed: 8 });
    for (const { status } of await verdicts(withFile(log.files, first, other.files.get(first)))) {
      expect(status).toBe('tampered');
    }
  });
});

describe('what an older state of the log is worth', () => {
  const anchor = log.notes.at(-1) as string;
  const lines = linesOf(log.files, third);
  const rolledBack = withFile(
    withLines(log.files, third, lines.slice(0, 2)),
    'checkpoint',
    Buffer.from(log.notes[2] as string),
  );

  test('with an older checkpoint file put back, an anchor from elsewhere shows it', async () => {
    const without = await judge(rolledBack, { vkey: log.vkey });
    expect(without.verdict).toMatchObject({ status: 'incomplete', tail: 3 });
    const withAnchor = await judge(rolledBack, { vkey: log.vkey, anchors: [anchor] });
    expect(withAnchor.verdict).toEqual(withAnchor.expected);
    expect(withAnchor.verdict.status).toBe('rolled_back');
  });

  test('the newest state is held by an older anchor', async () => {
    for (const note of log.notes) {
      const { verdict } = await judge(log.files, { vkey: log.vkey, anchors: [note] });
      expect(verdict.status).toBe('verified');
    }
  });

  test('a root key of another log verifies no record', async () => {
    const { result } = await judge(log.files, { secret: `${SECRET} of another` });
    expect(result).toMatchObject({ status: 'tampered', mac: 'failed', defectCount: log.lines.length });
    expect(toHex(deriveRootKey(SECRET, log.origin))).toHaveLength(64);
  });
});
