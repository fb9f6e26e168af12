import { expect, test, vi } from 'vitest';
import { deriveRootKey } from '../src/keys/epoch-keys.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { type VerifyOptions, verifyLog } from '../src/verify/verify-log.js';
import { makeLog, SECRET } from './make-log.js';

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const SEGMENT = 'segment-00000000000000000000.ndjson';
const log = makeLog([
  'event',
  'event',
  'event',
  'checkpoint',
  'event',
  'event',
  'reopen',
  'event',
  'event',
  'close',
]);
const bytes = Uint8Array.from(log.files.get(SEGMENT) as Uint8Array);
const source = fromBytes(new Map(log.files).set(SEGMENT, bytes));

/** Number of the line that each byte belongs to, its LF included. */
const lineOf: number[] = [];
for (const at of bytes.keys()) {
  lineOf.push(at === 0 ? 1 : (lineOf[at - 1] as number) + (bytes[at - 1] === 10 ? 1 : 0));
}

test('the log has 12 records and is sound', async () => {
  expect(log.lines).toHaveLength(12);
  expect(lineOf.at(-1)).toBe(12);
  for (const options of [{ secret: SECRET }, { vkey: log.vkey }]) {
    expect(await verifyLog(source, { ...options, hashes })).toMatchObject({
      status: 'verified',
      records: 12,
    });
  }
});

/** Judges the log with each bit flipped in turn; gives the line of the first defect, 0 for none, `null` for no line. */
async function flipEveryBit(
  options: VerifyOptions,
  check: (at: number, firstLine: number | null) => void,
): Promise<void> {
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 1; bit < 256; bit *= 2) {
      bytes[at] = (bytes[at] as number) ^ bit;
      const { status, defects } = await verifyLog(source, options);
      bytes[at] = (bytes[at] as number) ^ bit;
      check(at, status === 'verified' ? 0 : (defects[0]?.line ?? null));
    }
  }
}

test('with the root key every flipped bit is found, in the line it is in', async () => {
  const rootKey = deriveRootKey(SECRET, log.origin);
  await flipEveryBit({ rootKey, hashes }, (at, firstLine) => {
    if (firstLine !== lineOf[at]) throw new Error(`byte ${at} of line ${lineOf[at]}: found in ${firstLine}`);
  });
}, 300_000);

test('with the public key alone all are found but in time and MAC of the final checkpoint record', async () => {
  const text = Buffer.from(bytes).toString('latin1');
  const lastLine = bytes.length - (log.lines.at(-1) as Uint8Array).length - 1;
  const isUnprotected = (at: number): boolean => {
    const time = text.indexOf('"timestamp":"', lastLine) + '"timestamp":"'.length;
    return (at >= time && at < time + 27) || (at >= bytes.length - 67 && at < bytes.length - 3);
  };
  const unnoticed = new Set<number>();
  await flipEveryBit({ vkey: log.vkey, hashes }, (at, firstLine) => {
    if (firstLine === 0) unnoticed.add(at);
    // What changed shows in the line itself or, by `prev`, in the next one.
    else if (firstLine !== null && ![0, 1].includes(firstLine - (lineOf[at] as number))) {
      throw new Error(`byte ${at} of line ${lineOf[at]}: found in ${firstLine}`);
    }
  });
  expect([...unnoticed].filter((at) => !isUnprotected(at))).toEqual([]);
  expect(unnoticed.size).toBeGreaterThan(64);
}, 300_000);
