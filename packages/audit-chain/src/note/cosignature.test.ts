import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes.js';
import { formatCosignerKey, makeCosignerKey, parseCosignerKey } from '../keys/cosigner-key.js';
import { LocalSigner } from '../keys/signing-key.js';
import { formatVerifierKey, makeVerifierKey } from '../keys/verifier-key.js';
import { checkpointMessage, formatCheckpoint, openCheckpoint } from './checkpoint.js';
import { cosignatureMessage, formatCosignature, verifyCosignature } from './cosignature.js';

const NAME = 'witness.example/w1';
const log = new LocalSigner(new Uint8Array(32).fill(7));
const logKey = makeVerifierKey('example/log', log.publicKey);
const witness = new LocalSigner(new Uint8Array(32).fill(8));
const key = makeCosignerKey(NAME, witness.publicKey);
const vkey = formatCosignerKey(key);
const checkpoint = { origin: 'example/log', treeSize: 5, rootHash: new Uint8Array(32).fill(1) };
const note = formatCheckpoint(checkpoint, logKey, log.sign(checkpointMessage(checkpoint)));
const text = note.slice(0, note.indexOf('\n\n') + 1);

function cosigned(time: bigint, signedTime = time): string {
  return note + formatCosignature(key, time, witness.sign(cosignatureMessage(text, signedTime)));
}

const INVALID_NOTE = expect.objectContaining({ code: 'INVALID_NOTE' });
const INVALID_KEY = expect.objectContaining({ code: 'INVALID_KEY' });

describe('a cosignature', () => {
  test('is found beside the log’s signature, which stays valid', () => {
    const both = cosigned(1_679_315_147n);
    expect(verifyCosignature(both, vkey)).toEqual({ name: NAME, timestamp: 1_679_315_147n });
    expect(openCheckpoint(both, logKey).treeSize).toBe(5);
  });

  test('is what node:crypto makes of the message that the specification states', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime 9\n${text}`), privateKey);
    const time = Buffer.from([0, 0, 0, 0, 0, 0, 0, 9]);
    const keyId = createHash('sha256').update(`${NAME}\n\u0004`).update(raw).digest().subarray(0, 4);
    const line = `\u2014 ${NAME} ${Buffer.concat([keyId, time, signature]).toString('base64')}\n`;
    const other = `${NAME}+${keyId.toString('hex')}+${Buffer.concat([Buffer.of(4), raw]).toString('base64')}`;
    expect(verifyCosignature(note + line, other)).toEqual({ name: NAME, timestamp: 9n });
  });

  test.each([
    ['missing', note],
    ['of another time than it states', cosigned(5n, 6n)],
    ['of a time beyond 2^63', cosigned(2n ** 63n)],
    [
      'too short',
      `${note}\u2014 ${NAME} ${Buffer.concat([key.keyId, Buffer.alloc(7)]).toString('base64')}\n`,
    ],
    ['over another checkpoint', cosigned(5n).replace('\n5\n', '\n6\n')],
  ])('%s is none', (_, given) => {
    expect(() => verifyCosignature(given, vkey)).toThrow(INVALID_NOTE);
  });
});

describe('a witness key', () => {
  test('is read as it is written', () => {
    expect(toHex(parseCosignerKey(`${vkey}\n`).publicKey)).toBe(toHex(witness.publicKey));
  });

  test('is neither a log’s key nor one whose key ID is another’s', () => {
    expect(() => parseCosignerKey(formatVerifierKey(logKey))).toThrow(INVALID_KEY);
    expect(() => parseCosignerKey(vkey.replace('/w1', '/w2'))).toThrow(INVALID_KEY);
  });
});
