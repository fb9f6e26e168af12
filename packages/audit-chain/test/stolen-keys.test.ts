import { describe, expect, test } from 'vitest';
import { LocalSigner } from '../src/keys/signing-key.js';
import { segmentName } from '../src/segment-name.js';
import { forge, type Loot } from './forge.js';
import { judge } from './judge.js';
import { makeLog, SECRET } from './make-log.js';
import { type Files, linesOf, withFile, withLines } from './tampering.js';

/** Records: 0 log_opened, 1 event, 2 checkpoint (epoch 0), 3 event, 4 log_closed, 5 checkpoint (epoch 1). */
const log = makeLog(['event', 'checkpoint', 'event', 'close']);
const { vkey } = log;
const [firstNote, lastNote] = log.notes as [string, string];
const signer = new LocalSigner(new Uint8Array(32).fill(7));
const BEFORE = 1;
const AFTER = 3;

/** What a verifier with each of these keys says: public key, root key, both. */
async function statuses(files: Files, anchors: readonly string[] = []): Promise<string[]> {
  const found = [];
  for (const keys of [{ vkey }, { secret: SECRET }, { vkey, secret: SECRET }]) {
    const { verdict, expected } = await judge(files, { ...keys, anchors });
    expect(verdict).toEqual(expected);
    found.push(verdict.status);
  }
  return found;
}

const rewritten = (seq: number, loot: Loot) =>
  forge(log, (members, at) => (at === seq ? { ...members, n: 99 } : members), loot);

test('a log that is rewritten without a change is the same log', async () => {
  expect(forge(log, (members) => members, {})).toEqual(log.files);
  expect(forge(log, (members) => members, { fromEpoch: 0, signer })).toEqual(log.files);
  expect(await statuses(log.files, [firstNote, lastNote])).toEqual(['verified', 'verified', 'verified']);
});

describe('what a thief can change, after the checkpoint that the keys were stolen at and before it', () => {
  const VERIFIED = 'verified';
  const TAMPERED = 'tampered';

  test.each<[string, Loot, readonly string[], readonly string[]]>([
    ['nothing', {}, [TAMPERED, TAMPERED, TAMPERED], [TAMPERED, TAMPERED, TAMPERED]],
    ['key.state', { fromEpoch: 1 }, [TAMPERED, TAMPERED, TAMPERED], [TAMPERED, TAMPERED, TAMPERED]],
    ['the signing key', { signer }, [VERIFIED, TAMPERED, TAMPERED], [VERIFIED, TAMPERED, TAMPERED]],
    [
      'key.state and the signing key',
      { fromEpoch: 1, signer },
      [VERIFIED, VERIFIED, VERIFIED],
      [VERIFIED, TAMPERED, TAMPERED],
    ],
    ['the root key', { fromEpoch: 0 }, [TAMPERED, TAMPERED, TAMPERED], [TAMPERED, TAMPERED, TAMPERED]],
    [
      'the root key and the signing key',
      { fromEpoch: 0, signer },
      [VERIFIED, VERIFIED, VERIFIED],
      [VERIFIED, VERIFIED, VERIFIED],
    ],
  ])('with %s', async (_, loot, after, before) => {
    expect(await statuses(rewritten(AFTER, loot))).toEqual(after);
    expect(await statuses(rewritten(BEFORE, loot))).toEqual(before);
  });

  test('an anchor shows it whatever was stolen, up to its own size and no further', async () => {
    const loot = { fromEpoch: 0, signer };
    const all = (status: string) => [status, status, status];
    expect(await statuses(rewritten(BEFORE, loot), [firstNote])).toEqual(all(TAMPERED));
    expect(await statuses(rewritten(AFTER, loot), [firstNote])).toEqual(all(VERIFIED));
    expect(await statuses(rewritten(AFTER, loot), [lastNote])).toEqual(all(TAMPERED));
  });
});

test('who has the root key can sign with a key of their own, unless a public key is given', async () => {
  const other = makeLog(['event', 'checkpoint', 'event', 'close'], { seed: 8 });
  expect(await statuses(other.files)).toEqual(['tampered', 'verified', 'tampered']);
});

test('who has the root key can add records that nobody signed, unless a public key is given', async () => {
  const longer = makeLog(['event', 'checkpoint', 'event']);
  expect(await statuses(longer.files)).toEqual(['incomplete', 'verified', 'incomplete']);
});

test('the newest records, cut at a checkpoint with the file checkpoint, are missed by an anchor alone', async () => {
  const segment = segmentName(0);
  const cut = withLines(log.files, segment, linesOf(log.files, segment).slice(0, 3));
  expect(await statuses(cut)).toEqual(['rolled_back', 'rolled_back', 'rolled_back']);
  for (const file of [undefined, Buffer.from(firstNote)]) {
    const unseen = withFile(cut, 'checkpoint', file);
    expect(await statuses(unseen)).toEqual(['verified', 'verified', 'verified']);
    expect(await statuses(unseen, [firstNote])).toEqual(['verified', 'verified', 'verified']);
    expect(await statuses(unseen, [lastNote])).toEqual(['rolled_back', 'rolled_back', 'rolled_back']);
  }
});
