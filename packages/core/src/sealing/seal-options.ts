import { randomBytes } from 'node:crypto';
import { isShardId, type NamedDigest, parseDigest } from '@vram-residency/seal-crypto';
import {
  assertInteger,
  assertOptionalFunction,
  assertOptionalSignal,
  assertOptions,
  assertText,
  wrongType,
  wrongValue,
} from '../arguments.js';
import { fitsTextBound, IDENTIFIER_PATTERN } from '../events/fields.js';
import type { RecordContext } from '../recording/record-context.js';

/** How far sealing has come. */
export interface SealProgress {
  readonly phase: 'loading' | 'digesting';
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface SealOptions extends RecordContext {
  /** `[A-Za-z0-9_-]{1,256}`; default: made up. */
  readonly shardId?: string;
  /** The caller's name for the model. */
  readonly modelRef?: string;
  readonly shardIndex?: number;
  readonly totalShards?: number;
  /** Digest of the seal; default `blake3`. */
  readonly digest?: 'blake3' | 'sha256-fsverity';
  /** What the content must be: `sha256:…`, `blake3:…`, `sha256-fsverity:…`, or hex of the seal's own digest. */
  readonly expected?: string;
  /** Where the expected digest came from, such as the address of a manifest; it stands in the seal's record. */
  readonly expectedSource?: string;
  /** Whether {@link VramManager.export} can hand the shard to other processes; its seal is not exclusive. Default false. */
  readonly exportable?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SealProgress) => void;
}

/** `expected` is of the seal's own digest: no other is computed where the bytes lie. */
export type AdoptOptions = Omit<SealOptions, 'exportable' | 'onProgress'>;

/** Options that were checked, with defaults filled in. */
export interface CheckedSealOptions {
  readonly shardId: string;
  readonly algorithm: 'blake3' | 'sha256-fsverity';
  readonly expected: NamedDigest | undefined;
  readonly expectedSource: string | undefined;
  readonly exportable: boolean;
  readonly labels: {
    readonly modelRef?: string;
    readonly shardIndex?: number;
    readonly totalShards?: number;
  };
}

/** @throws TypeError, RangeError, SealError `MALFORMED_DIGEST` */
export function checkSealOptions(options: SealOptions): CheckedSealOptions {
  assertOptions('options', options);
  const { shardId = `shard-${randomBytes(8).toString('hex')}`, digest = 'blake3' } = options;
  const { modelRef, shardIndex, totalShards, expected, expectedSource, exportable = false } = options;
  if (!isShardId(shardId)) throw wrongValue('shardId', '1 to 256 letters, digits, _ and -');
  if (digest !== 'blake3' && digest !== 'sha256-fsverity')
    throw wrongValue('digest', 'blake3 or sha256-fsverity');
  assertOptionalText('modelRef', modelRef);
  assertOptionalText('expectedSource', expectedSource);
  if (expectedSource !== undefined && expected === undefined) {
    throw wrongValue('expected', 'given where expectedSource is');
  }
  if (totalShards !== undefined) assertInteger('totalShards', totalShards, 1);
  if (shardIndex !== undefined) {
    // A seal states which of how many: an index alone is refused before anything is loaded.
    if (totalShards === undefined) throw wrongValue('totalShards', 'given where shardIndex is');
    assertInteger('shardIndex', shardIndex, 0, totalShards - 1);
  }
  if (typeof exportable !== 'boolean') throw wrongType('exportable', 'a boolean', exportable);
  assertOptionalSignal(options.signal);
  assertOptionalFunction('onProgress', options.onProgress);
  return {
    shardId,
    algorithm: digest,
    expected: expected === undefined ? undefined : parseDigest(expected, digest),
    expectedSource,
    exportable,
    labels: {
      ...(modelRef === undefined ? {} : { modelRef }),
      ...(shardIndex === undefined ? {} : { shardIndex }),
      ...(totalShards === undefined ? {} : { totalShards }),
    },
  };
}

/** @throws TypeError, RangeError, SealError `MALFORMED_DIGEST` */
export function checkAdoptOptions(options: AdoptOptions): CheckedSealOptions {
  const checked = checkSealOptions(options);
  const { expected, algorithm, exportable } = checked;
  if (expected !== undefined && expected.algorithm !== algorithm) {
    throw wrongValue('expected', `a ${algorithm} digest, as the seal’s is`);
  }
  if (exportable) throw wrongValue('exportable', 'absent where memory is adopted');
  return checked;
}

/** @throws TypeError, RangeError unless `value` is absent or text that a record may hold */
function assertOptionalText(argument: string, value: unknown): void {
  if (value === undefined) return;
  assertText(argument, value, IDENTIFIER_PATTERN, 'text without control characters');
  if (!fitsTextBound(value)) throw wrongValue(argument, 'at most 1024 bytes');
}
