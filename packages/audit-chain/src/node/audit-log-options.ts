import type { AuditError } from '../errors.js';
import type { CheckpointSigner } from '../keys/signing-key.js';
import type { Checkpoint } from '../note/checkpoint.js';
import type { Anchor } from './anchor/anchor.js';
import type { RetentionPolicy } from './retention-policy.js';
import type { CheckpointSchedule, FlushMode, RotationSchedule } from './writer-options.js';

/** How a log is opened for writing. */
export interface AuditLogOptions {
  /** The log's directory; made if need be. */
  readonly dir: string;
  /** Where the keys lie; default `<dir>.keys`. */
  readonly keyDir?: string;
  /** `[A-Za-z0-9._:-]{1,128}`. */
  readonly workerId: string;
  /** Replaces the first two parts of a new log's origin, `vram-residency/<workerId>`. */
  readonly originPrefix?: string;
  /** Root key of a new log, 32 bytes; not used for an existing one. Default: random, given to `onRootKey`. */
  readonly rootKey?: Uint8Array;
  /** Secret, at least 16 bytes, from which a new log's root key is derived; not used for an existing one. */
  readonly secret?: string | Uint8Array;
  /** Last checkpoint of the log that a new log continues; not used for an existing one. See `rollover`. */
  readonly continues?: Checkpoint;
  /** Signs checkpoints in place of a key beside the log. */
  readonly signer?: CheckpointSigner;
  /** Places outside the log that every checkpoint goes to, at most 99. */
  readonly anchors?: readonly Anchor[];
  /** Told of everything that fails in the background. */
  readonly onError: (error: AuditError) => void;
  /**
   * Receives a new log's random root key, 64 hex digits, once, before the log exists: store it away from this
   * machine. Without it nobody can ever check MACs; checkpoints can still be checked with the vkey.
   */
  readonly onRootKey?: (rootKey: string) => void | Promise<void>;
  /** Default `{ mode: 'immediate' }`. */
  readonly flush?: FlushMode;
  readonly checkpoint?: CheckpointSchedule;
  readonly rotation?: RotationSchedule;
  /**
   * Gives the checkpoint of this log that was published last, as text; `undefined` to go on without. It is asked when an
   * existing log is opened, which is refused if it has fewer records than that (`LOG_ROLLED_BACK`), or others
   * (`LOG_FORKED`): a backup that was restored. If it rejects, opening does, with `WRITER_FAILED`.
   */
  readonly lastPublished?: (origin: string) => Promise<string | undefined>;
  /**
   * Removes closed segments by itself, when the log is opened and after each that is closed; also what
   * {@link AuditLog.prune} goes by. Without it nothing is removed but by that method.
   */
  readonly retention?: RetentionPolicy;
  /**
   * Room kept on the disk for CRITICAL records and the close when it is full, in bytes; default 8 MiB, at least 2 MiB, or
   * 0 for none. It lies in the file `reserve` while the log is open.
   */
  readonly reserveBytes?: number;
  /**
   * Default `refuse`, where it can be told. With `allow` the caller vouches that flock(2) on it keeps out the writers of
   * every machine, and that its fsync reaches a disk.
   */
  readonly networkFileSystem?: 'refuse' | 'allow';
}
