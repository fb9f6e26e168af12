import { defineEvent } from '@vram-residency/audit-chain';
import { z } from 'zod';
import { contextShape } from './context.js';
import { byteCount, digest, gpuDevice, identifier, namedDigest, shardId, text } from './fields.js';

/** A shard lies in device memory, its digest was computed there, and it was signed. */
export const VramSealed = defineEvent(
  'vram_sealed',
  z
    .strictObject({
      shard_id: shardId.describe('The shard.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      gpu_uuid: identifier.describe('UUID of the device.'),
      vram_bytes: byteCount.describe('Bytes of the shard.'),
      digest: digest.describe('Digest of the bytes, computed in device memory.'),
      digest_algorithm: z.enum(['blake3', 'sha256-fsverity']).describe('Algorithm of `digest`.'),
      backend: identifier.describe('Backend that holds the memory.'),
      simulated: z.boolean().describe('True where no GPU is behind the device.'),
      read_only: z.boolean().describe('Whether the driver made the mapping refuse writes.'),
      exclusive: z
        .boolean()
        .nullable()
        .describe('Whether no other mapping of the bytes exists or can be made; null if unknown.'),
      adopted: z
        .literal(true)
        .describe(
          'Somebody else took the memory and may write it: no `vram_allocated` belongs to this seal. Absent where this worker took it.',
        )
        .optional(),
      expected_digest: namedDigest
        .describe('Digest that the content was required to have, with its algorithm; it had.')
        .optional(),
      expected_source: text.describe('Where the expected digest came from, as the caller said.').optional(),
      model_ref: text.describe("The caller's name for the model.").optional(),
      shard_index: z.int().min(0).describe('Which shard of the model, from 0.').optional(),
      total_shards: z.int().min(1).describe('How many shards the model has.').optional(),
      ...contextShape,
    })
    .describe('A shard lies in device memory, its digest was computed there, and it was signed.'),
  { severity: 'INFO' },
);

/** Content was refused before it was sealed. */
export const SealRejected = defineEvent(
  'seal_rejected',
  z
    .strictObject({
      shard_id: shardId.describe('The shard that was to be sealed.'),
      reason: z
        .enum(['expected_digest_mismatch', 'source_changed'])
        .describe('The content is not what was expected; the source changed while it was read.'),
      expected_digest: namedDigest
        .nullable()
        .describe('Digest that was expected, with its algorithm; null if none was.'),
      actual_digest: namedDigest
        .nullable()
        .describe('Digest of what was read, with its algorithm; null if there is none to compare.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      ...contextShape,
    })
    .describe('Content was refused before it was sealed.'),
  { severity: 'CRITICAL' },
);

export type VramSealedMembers = z.infer<typeof VramSealed.schema>;
export type SealRejectedMembers = z.infer<typeof SealRejected.schema>;
