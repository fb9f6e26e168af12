import type { DigestAlgorithm } from './algorithms.js';
import { describe } from './bytes.js';
import { fromHex, toHex } from './hex.js';
import { SealError } from './seal-error.js';
import { type SealFields, validateSealFields } from './seal-fields.js';

export const SEAL_FORMAT = 'vram-residency/seal/v1';

/** A seal and its signature, 32 bytes. */
export interface Seal {
  readonly fields: SealFields;
  readonly signature: Uint8Array;
}

/** A seal as it is written (seal format, section "Serialised seal"). */
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

const MEMBERS: readonly (readonly [written: string, field: keyof SealFields])[] = [
  ['shard_id', 'shardId'],
  ['worker_id', 'workerId'],
  ['gpu_uuid', 'gpuUuid'],
  ['gpu_device', 'gpuDevice'],
  ['vram_bytes', 'vramBytes'],
  ['digest_algorithm', 'digestAlgorithm'],
  ['digest', 'digest'],
  ['sealed_at', 'sealedAt'],
  ['nonce', 'nonce'],
  ['model_ref', 'modelRef'],
  ['shard_index', 'shardIndex'],
  ['total_shards', 'totalShards'],
];

/** @throws SealError `MALFORMED_SEAL` */
export function serializeSeal({ fields, signature }: Seal): SerializedSeal {
  validateSealFields(fields);
  const members = MEMBERS.filter(([, field]) => fields[field] !== undefined);
  return {
    format: SEAL_FORMAT,
    ...Object.fromEntries(members.map(([written, field]) => [written, fields[field]])),
    signature: toHex(signature),
  } as SerializedSeal;
}

/**
 * Reads a serialised seal, strictly: every member known and as the format says. The signature is not checked.
 *
 * @throws SealError `MALFORMED_SEAL` naming the first wrong member
 */
export function parseSeal(value: unknown): Seal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SealError('MALFORMED_SEAL', `Expected a seal as object but received ${describe(value)}`);
  }
  const { format, signature, ...rest } = value as Record<string, unknown>;
  if (format !== SEAL_FORMAT) {
    throw new SealError('MALFORMED_SEAL', `Expected format to be ${SEAL_FORMAT}`, { member: 'format' });
  }
  const known = new Map(MEMBERS);
  if (Object.keys(rest).some((member) => !known.has(member))) {
    throw new SealError('MALFORMED_SEAL', 'Expected only the members of the seal format');
  }
  const fields = Object.fromEntries(
    Object.entries(rest).map(([member, field]) => [known.get(member), field]),
  );
  validateSealFields(fields as unknown as SealFields);
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) {
    throw new SealError('MALFORMED_SEAL', 'Expected signature to be 64 lower-case hex digits', {
      member: 'signature',
    });
  }
  return { fields: fields as unknown as SealFields, signature: fromHex(signature) };
}
