import { DIGEST_BYTES, type DigestAlgorithm } from './algorithms.js';
import { assertBytes, describe } from './bytes.js';
import { fromHex, toHex } from './hex.js';
import { SEAL_FORMAT } from './preimage.js';
import { SealError } from './seal-error.js';
import { malformed, SEAL_MEMBERS, type SealFields, validateSealFields } from './seal-fields.js';

/** A seal as it is written to a file or sent. Holds no pointer, key or token. */
export interface SerializedSeal {
  readonly format: typeof SEAL_FORMAT;
  readonly shard_id: string;
  readonly worker_id: string;
  readonly gpu_uuid: string;
  readonly gpu_device: number;
  readonly vram_bytes: number;
  readonly digest_algorithm: DigestAlgorithm;
  readonly digest: string;
  readonly sealed_at: string;
  readonly nonce: string;
  readonly model_ref?: string;
  readonly shard_index?: number;
  readonly total_shards?: number;
  /** 64 lower-case hex digits. */
  readonly signature: string;
}

/** A seal's fields and what signs them. */
export interface Seal {
  readonly fields: SealFields;
  /** 32 bytes. */
  readonly signature: Uint8Array;
}

/** More than the longest seal, in which each character of the bounded texts is escaped. */
const MAX_TEXT_LENGTH = 32_768;

/**
 * A seal as JSON value, its members in the order of the signature.
 *
 * @throws SealError `MALFORMED_SEAL` if a field or the signature is not as the format says.
 */
export function serializeSeal({ fields, signature }: Seal): SerializedSeal {
  validateSealFields(fields);
  assertBytes(signature, 'signature');
  if (signature.length !== DIGEST_BYTES) throw malformed('signature', `is not ${DIGEST_BYTES} bytes`);
  const members = SEAL_MEMBERS.filter(({ field }) => fields[field] !== undefined);
  return {
    format: SEAL_FORMAT,
    ...Object.fromEntries(members.map(({ field, name }) => [name, fields[field]])),
    signature: toHex(signature),
  } as SerializedSeal;
}

/**
 * Reads a serialised seal, as JSON text or as the value that JSON.parse made of it. Strict: every member as
 * the format says, none twice, no others. Whether the signature is right only `SealKey.verify` can say.
 *
 * @throws SealError `MALFORMED_SEAL`, whose `member` is the first wrong one.
 */
export function parseSeal(json: unknown): Seal {
  const members = ownMembers(typeof json === 'string' ? parseText(json) : json);
  if (members.get('format') !== SEAL_FORMAT) throw malformed('format', `is not ${SEAL_FORMAT}`);
  const signature = members.get('signature');
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) {
    throw malformed('signature', 'is not 64 lower-case hex digits');
  }
  members.delete('format');
  members.delete('signature');
  const fields: Record<string, unknown> = {};
  for (const { field, name } of SEAL_MEMBERS) {
    if (!members.has(name)) continue;
    // An absent member is not written at all, neither as null nor as undefined.
    if (members.get(name) === undefined) throw malformed(name, 'is undefined');
    fields[field] = members.get(name);
    members.delete(name);
  }
  if (members.size > 0) throw notASeal('it has a member that seals do not have');
  validateSealFields(fields);
  return { fields, signature: fromHex(signature) };
}

function notASeal(problem: string, cause?: unknown): SealError {
  return new SealError('MALFORMED_SEAL', `Malformed seal: ${problem}`, cause === undefined ? {} : { cause });
}

function parseText(text: string): unknown {
  if (text.length > MAX_TEXT_LENGTH) throw notASeal(`it is longer than ${MAX_TEXT_LENGTH} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The cause is left out: its message quotes the text.
    throw notASeal('it is not JSON');
  }
  // A seal's values are no objects, so each string before a colon is a member. JSON.parse keeps the last of
  // those with one name.
  const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  if (typeof value === 'object' && value !== null && names.length !== Object.keys(value).length) {
    throw notASeal('it has a member twice, or a member that is an object');
  }
  return value;
}

/** The own members of an object, each read once. */
function ownMembers(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw notASeal(`it is ${describe(value)}, not an object`);
  }
  return new Map(Object.entries(value));
}
