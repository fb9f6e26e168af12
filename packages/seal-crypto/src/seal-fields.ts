import { type DigestAlgorithm, isDigestAlgorithm } from './algorithms.js';
import { SealError } from './seal-error.js';

/** What a seal binds together (seal format, version 1). */
export interface SealFields {
  /** `[A-Za-z0-9_-]{1,256}` */
  readonly shardId: string;
  /** `[A-Za-z0-9._:-]{1,128}` */
  readonly workerId: string;
  readonly gpuUuid: string;
  readonly gpuDevice: number;
  readonly vramBytes: number;
  readonly digestAlgorithm: DigestAlgorithm;
  /** 64 lower-case hex digits. */
  readonly digest: string;
  /** RFC 3339, six fractional digits, `Z`. */
  readonly sealedAt: string;
  /** 32 lower-case hex digits, random for each seal. */
  readonly nonce: string;
  readonly modelRef?: string;
  readonly shardIndex?: number;
  readonly totalShards?: number;
}

const MAX_TEXT_BYTES = 1024;
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})\d{3}Z$/;

/** Whether a shard may have this id. */
export function isShardId(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{1,256}$/.test(text);
}

/** Whether a worker may have this id. */
export function isWorkerId(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(text);
}

/** @throws SealError `MALFORMED_SEAL` naming the first member that is not as the format says */
export function validateSealFields(fields: SealFields): void {
  const { shardIndex, totalShards, modelRef } = fields;
  check('shard_id', isShardId(fields.shardId), '1 to 256 letters, digits, _ and -');
  check('worker_id', isWorkerId(fields.workerId), '1 to 128 letters, digits and ._:-');
  check('gpu_uuid', isText(fields.gpuUuid) && fields.gpuUuid !== '', 'a text without control characters');
  check('gpu_device', isCount(fields.gpuDevice), 'a device index');
  check('vram_bytes', isCount(fields.vramBytes) && fields.vramBytes > 0, 'a number of bytes');
  check('digest_algorithm', isDigestAlgorithm(fields.digestAlgorithm), 'a known algorithm');
  check('digest', isHex(fields.digest, 64), '64 lower-case hex digits');
  check('sealed_at', isTime(fields.sealedAt), 'a UTC time with six fractional digits');
  check('nonce', isHex(fields.nonce, 32), '32 lower-case hex digits');
  check('model_ref', modelRef === undefined || isText(modelRef), 'a text without control characters');
  check(
    'total_shards',
    totalShards === undefined || (isCount(totalShards) && totalShards > 0),
    'a positive number',
  );
  const fits =
    shardIndex === undefined ||
    (isCount(shardIndex) && shardIndex < (totalShards ?? Number.POSITIVE_INFINITY));
  check('shard_index', fits, 'a number below total_shards');
}

function check(member: string, holds: boolean, expected: string): void {
  if (!holds) throw new SealError('MALFORMED_SEAL', `Expected ${member} to be ${expected}`, { member });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

function isHex(text: unknown, digits: number): boolean {
  return typeof text === 'string' && text.length === digits && /^[0-9a-f]+$/.test(text);
}

function isText(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    !/[\p{Cc}\p{Surrogate}]/u.test(text) &&
    new TextEncoder().encode(text).length <= MAX_TEXT_BYTES
  );
}

/** Whether the text is a real time: what it names comes out again when it is read as a date. */
function isTime(text: unknown): boolean {
  const [, seconds, millis] = (typeof text === 'string' && TIME.exec(text)) || [];
  if (seconds === undefined) return false;
  const date = new Date(`${seconds}.${millis}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString() === `${seconds}.${millis}Z`;
}
