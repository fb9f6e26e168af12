import { DIGEST_ALGORITHMS, type DigestAlgorithm, isDigestAlgorithm } from './algorithms.js';
import { describe } from './bytes.js';
import { SealError } from './seal-error.js';
import { isWellFormed, utf8 } from './text.js';
import { isTimestamp } from './timestamp.js';

/** What a seal's signature covers: which bytes lie where, who put them there and when. */
export interface SealFields {
  /** `[A-Za-z0-9_-]{1,256}`. */
  readonly shardId: string;
  /** `[A-Za-z0-9._:-]{1,128}`. */
  readonly workerId: string;
  /** 1 to 1024 bytes of UTF-8, no control characters. */
  readonly gpuUuid: string;
  /** Ordinal of the device, from 0. */
  readonly gpuDevice: number;
  /** Size of the shard in bytes, at least 1. */
  readonly vramBytes: number;
  readonly digestAlgorithm: DigestAlgorithm;
  /** 64 lower-case hex digits. */
  readonly digest: string;
  /** UTC, RFC 3339, exactly six fractional digits, `Z`. */
  readonly sealedAt: string;
  /** 32 lower-case hex digits, random for each seal. */
  readonly nonce: string;
  /** Where the model is from: 1 to 1024 bytes of UTF-8, no control characters. */
  readonly modelRef?: string;
  /** Which part of the model this is: from 0, less than `totalShards`, without which it says nothing. */
  readonly shardIndex?: number;
  /** Into how many parts the model is split, at least 1. */
  readonly totalShards?: number;
}

/** One field of a seal. */
export interface SealMember {
  readonly field: keyof SealFields;
  /** Its name in a serialised seal. */
  readonly name: string;
  readonly optional: boolean;
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const MAX_TEXT_BYTES = 1024;

function matches(pattern: RegExp): SealMember['accepts'] {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function isPlainText(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_TEXT_BYTES) return false;
  return isWellFormed(value) && !/\p{Cc}/u.test(value) && utf8(value).length <= MAX_TEXT_BYTES;
}

function isInteger(minimum: 0 | 1): SealMember['accepts'] {
  return (value) => Number.isSafeInteger(value) && (value as number) >= minimum && !Object.is(value, -0);
}

const PLAIN_TEXT = `1 to ${MAX_TEXT_BYTES} bytes of text without control characters`;
const FROM_0 = 'a safe integer of at least 0';
const FROM_1 = 'a safe integer of at least 1';

function member(
  field: keyof SealFields,
  name: string,
  expected: string,
  accepts: SealMember['accepts'],
  optional = false,
): SealMember {
  return { field, name, optional, expected, accepts };
}

const SHARD_ID = '1 to 256 of the characters A-Z a-z 0-9 _ -';
const WORKER_ID = '1 to 128 of the characters A-Z a-z 0-9 . _ : -';

/** Whether a shard may have this id: `[A-Za-z0-9_-]{1,256}`. */
export function isShardId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,256}$/.test(value);
}

/** Whether a worker may have this id: `[A-Za-z0-9._:-]{1,128}`. */
export function isWorkerId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(value);
}

/** All fields, in the order in which the signature covers them. */
export const SEAL_MEMBERS: readonly SealMember[] = [
  member('shardId', 'shard_id', SHARD_ID, isShardId),
  member('workerId', 'worker_id', WORKER_ID, isWorkerId),
  member('gpuUuid', 'gpu_uuid', PLAIN_TEXT, isPlainText),
  member('gpuDevice', 'gpu_device', FROM_0, isInteger(0)),
  member('vramBytes', 'vram_bytes', FROM_1, isInteger(1)),
  member('digestAlgorithm', 'digest_algorithm', `one of ${DIGEST_ALGORITHMS.join(', ')}`, isDigestAlgorithm),
  member('digest', 'digest', '64 lower-case hex digits', matches(/^[0-9a-f]{64}$/)),
  member(
    'sealedAt',
    'sealed_at',
    'a UTC time as RFC 3339 with six fractional digits and Z',
    (value) => typeof value === 'string' && isTimestamp(value),
  ),
  member('nonce', 'nonce', '32 lower-case hex digits', matches(/^[0-9a-f]{32}$/)),
  member('modelRef', 'model_ref', PLAIN_TEXT, isPlainText, true),
  member('shardIndex', 'shard_index', FROM_0, isInteger(0), true),
  member('totalShards', 'total_shards', FROM_1, isInteger(1), true),
];

const FIELDS: ReadonlySet<string> = new Set(SEAL_MEMBERS.map(({ field }) => field));

/** A seal's `MALFORMED_SEAL`. The value is not in the message: it came from outside. */
export function malformed(name: string, problem: string): SealError {
  return new SealError('MALFORMED_SEAL', `Malformed seal: ${name} ${problem}`, { member: name });
}

/**
 * Checks every field, and that there are no others. An optional field that is undefined counts as absent.
 *
 * @throws SealError `MALFORMED_SEAL`, whose `member` is the first wrong one.
 * @throws TypeError if `fields` is not an object.
 */
export function validateSealFields(fields: unknown): asserts fields is SealFields {
  if (typeof fields !== 'object' || fields === null) {
    throw new TypeError(`Expected the fields of a seal as object but received ${describe(fields)}`);
  }
  const values = fields as Readonly<Record<string, unknown>>;
  for (const { field, name, optional, expected, accepts } of SEAL_MEMBERS) {
    const value = values[field];
    if (value === undefined && optional) continue;
    if (!accepts(value)) throw malformed(name, `is not ${expected}`);
  }
  const { shardIndex, totalShards } = values as unknown as SealFields;
  if (shardIndex !== undefined && totalShards === undefined) {
    throw malformed('total_shards', 'is missing where shard_index is there');
  }
  if (shardIndex !== undefined && totalShards !== undefined && shardIndex >= totalShards) {
    throw malformed('shard_index', 'is not less than total_shards');
  }
  if (Object.keys(values).some((key) => !FIELDS.has(key))) {
    throw new SealError('MALFORMED_SEAL', 'Malformed seal: it has a field that seals do not have');
  }
}

/** @throws TypeError if `value` is not a string, RangeError if it is not a worker's id. */
export function assertWorkerId(value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw new TypeError(`Expected workerId to be a string but received ${describe(value)}`);
  if (!isWorkerId(value)) throw new RangeError(`Expected workerId to be ${WORKER_ID}`);
}
