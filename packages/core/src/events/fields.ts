import { z } from 'zod';

/** Longest text that came from outside, in bytes of UTF-8. */
const MAX_TEXT_BYTES = 1024;
/** What `shard_id` may be. */
const SHARD_ID_PATTERN: RegExp = /^[A-Za-z0-9_-]{1,256}$/;
/** One or more characters, none of them a control character. */
export const IDENTIFIER_PATTERN: RegExp = /^\P{Cc}+$/u;

const TIMESTAMP_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const encoder = new TextEncoder();

/** Whether `text` fits the bound of every text member. */
export function fitsTextBound(text: string): boolean {
  return text.length <= MAX_TEXT_BYTES && encoder.encode(text).length <= MAX_TEXT_BYTES;
}

const bounded = z
  .string()
  .max(MAX_TEXT_BYTES)
  .refine(fitsTextBound, { error: `longer than ${MAX_TEXT_BYTES} bytes` });

export const text: typeof bounded = bounded;
export const identifier: typeof bounded = bounded.regex(IDENTIFIER_PATTERN);
export const shardId: z.ZodString = z.string().regex(SHARD_ID_PATTERN);
export const gpuDevice: z.ZodInt = z.int().min(0);
export const byteCount: z.ZodInt = z.int().min(0);
export const timestamp: z.ZodString = z.string().regex(TIMESTAMP_PATTERN);

/** 64 lower-case hex digits; stands next to a `digest_algorithm`. */
export const digest: z.ZodString = z.string().regex(/^[0-9a-f]{64}$/);
/** A digest that has no `digest_algorithm` beside it names its algorithm itself. */
export const namedDigest: z.ZodString = z.string().regex(/^(?:blake3|sha256-fsverity|sha256):[0-9a-f]{64}$/);
