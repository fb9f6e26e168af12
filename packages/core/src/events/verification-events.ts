import { defineEvent } from '@vram-residency/audit-chain';
import { z } from 'zod';
import { contextShape } from './context.js';
import { byteCount, gpuDevice, namedDigest, shardId, timestamp } from './fields.js';

/** A seal was verified. */
export const SealVerified = defineEvent(
  'seal_verified',
  z
    .strictObject({
      shard_id: shardId.describe('The shard.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      mode: z
        .enum(['full', 'sampled', 'signature'])
        .describe(
          'Signature and every byte in device memory; signature and a sample of the bytes; signature alone.',
        ),
      bytes_verified: byteCount.describe('Bytes whose digest was computed, in each of the verifications.'),
      count: z.int().min(1).describe('How many verifications this record stands for.'),
      first_at: timestamp
        .describe(
          'When the first of them ended, if that was before this record was written; the last ended within a second of it.',
        )
        .optional(),
      ...contextShape,
    })
    .describe(
      'A seal was verified. Several verifications of one shard within a second may be one record; it then has the context members that all of them had.',
    ),
  { severity: 'INFO' },
);

/** A seal did not verify; the worker is stopped. */
export const SealVerificationFailed = defineEvent(
  'seal_verification_failed',
  z
    .strictObject({
      shard_id: shardId.describe('The shard, as the seal that was presented names it.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      reason: z
        .enum(['digest_mismatch', 'signature_invalid', 'not_sealed', 'unknown_shard', 'device_error'])
        .describe(
          'The bytes in device memory have another digest; the signature is not of this worker over these fields; no signature; no such allocation here; the device could not compute the digest.',
        ),
      expected_digest: namedDigest
        .nullable()
        .describe('Digest that the seal states, or that the host computed while loading; null if none.'),
      actual_digest: namedDigest
        .nullable()
        .describe('Digest computed in device memory; null if it was not computed.'),
      action_taken: z
        .enum(['worker_stopped', 'logged'])
        .describe('New seals and executions are refused from now on; nothing but this record.'),
      ...contextShape,
    })
    .describe('A seal did not verify; the worker is stopped.'),
  { severity: 'CRITICAL' },
);

export type SealVerifiedMembers = z.infer<typeof SealVerified.schema>;
export type SealVerificationFailedMembers = z.infer<typeof SealVerificationFailed.schema>;
