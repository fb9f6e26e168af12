import { createHash, createPublicKey, verify } from 'node:crypto';

export interface PlainKey {
  readonly text: string;
  readonly origin: string;
  readonly id: string;
  readonly publicKey: Buffer;
}

/** A C2SP verifier key; `undefined` if it is none. */
export function readPlainKey(text: string): PlainKey | undefined {
  const [, origin = '', id = '', encoded = ''] =
    /^([\x21-\x2a\x2c-\x7e]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (origin === '' || bytes.toString('base64') !== encoded || bytes.length !== 33 || bytes[0] !== 1)
    return undefined;
  const expected = createHash('sha256').update(`${origin}\n`).update(bytes).digest('hex').slice(0, 8);
  return id === expected ? { text, origin, id, publicKey: bytes.subarray(1) } : undefined;
}

export interface PlainCheckpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly isSignedBy: (key: PlainKey) => boolean;
}

/** A checkpoint as a signed note; `undefined` if it is none. */
export function readPlainCheckpoint(note: string): PlainCheckpoint | undefined {
  if (/[\x00-\x09\x0b-\x1f]/.test(note) || !note.endsWith('\n')) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return undefined;
  const text = note.slice(0, split + 1);
  const signatures = note
    .slice(split + 2, -1)
    .split('\n')
    .map((line) => {
      const [, name = '', encoded = ''] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
      const bytes = Buffer.from(encoded, 'base64');
      return { name, bytes, sound: name !== '' && bytes.toString('base64') === encoded && bytes.length >= 5 };
    });
  if (signatures.length > 100 || signatures.some(({ sound }) => !sound)) return undefined;
  const [, origin = '', digits = '', root = ''] =
    /^([\x21-\x2a\x2c-\x7e]{1,255})\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? [];
  const isWhole = origin !== '' && Buffer.from(root, 'base64').toString('base64') === root;
  if (!isWhole || !Number.isSafeInteger(Number(digits))) return undefined;
  const isSignedBy = (key: PlainKey): boolean => {
    const own = signatures.find(
      ({ name, bytes }) => name === key.origin && bytes.toString('hex', 0, 4) === key.id,
    );
    return own?.bytes.length === 68 && isSignature(key, text, own.bytes.subarray(4));
  };
  return { origin, size: Number(digits), root: Buffer.from(root, 'base64').toString('hex'), isSignedBy };
}

function isSignature({ publicKey }: PlainKey, text: string, signature: Buffer): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), signature);
}
