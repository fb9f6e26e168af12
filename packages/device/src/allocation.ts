import type { DigestAlgorithm } from '@vram-residency/seal-crypto';
import type { AllocationFacts } from './allocation-facts.js';
import type { SharedMemory } from './shared-memory.js';

/** A run of bytes inside an allocation. */
export interface ByteRange {
  /** First byte, from the allocation's start. */
  readonly offset: number;
  /** How many bytes. */
  readonly length: number;
}

/** Options of {@link Allocation.digest} and {@link Allocation.chunkDigests}. */
export interface DigestOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the device's other work goes first: the digest is computed at the lowest priority that the device has, in
   * slices of at most 64 MiB. Default `false`.
   */
  readonly background?: boolean | undefined;
}

/** Options of {@link Allocation.load}. */
export interface LoadOptions {
  /** How many bytes are loaded, those that the file begins with; at least 1. */
  readonly length: number;
  /** Where in the allocation the first byte goes; default 0. */
  readonly offset?: number | undefined;
  /** The digests of what is read that the host computes meanwhile, sequential ones too; default: none. */
  readonly digests?: readonly DigestAlgorithm[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told from time to time how many bytes were read. What it throws ends the load and rejects it. */
  readonly onLoaded?: ((loadedBytes: number) => void) | undefined;
}

/** What {@link Allocation.load} read. */
export interface LoadedFile {
  /** Fewer than were asked for where the file ends early. */
  readonly loadedBytes: number;
  /** The host's digests of these bytes, by algorithm. */
  readonly digests: ReadonlyMap<DigestAlgorithm, Uint8Array>;
}

/** What {@link Allocation.protect} reached. */
export type Protection = 'read-only' | 'unsupported';

/**
 * Memory on a device. It has one owner, who frees it; a backend frees on its own only what is left when its device
 * is closed.
 *
 * Offsets and lengths are safe integers inside `[0, sizeBytes]`, anything else is a `RangeError`. Once freed, every
 * method but `free` rejects with `ALLOCATION_FREED`. On a lost device every method but `free` rejects with
 * `DEVICE_LOST`. An operation under way when the allocation is freed either finishes first or rejects with
 * `ALLOCATION_FREED`. An aborted signal rejects with the signal's reason.
 */
export interface Allocation {
  /** The bytes that were asked for: those that are written, read and digested. */
  readonly sizeBytes: number;
  /**
   * The bytes that the device took, `sizeBytes` rounded up to the device's granularity; 0 for adopted memory, which
   * somebody else took.
   */
  readonly allocatedBytes: number;
  /** What is known about the allocation now; a snapshot, which does not follow later changes. */
  readonly facts: AllocationFacts;
  /**
   * What native code of the same process needs to reach the memory: a type-tagged Node-API External, invalid after
   * `free`, that never prints as a number. Absent where native code has nothing to reach.
   */
  readonly external?: object;

  /**
   * Copies `bytes` to `offset`. The caller may reuse `bytes` once the promise settled. After a rejection the range
   * holds any mixture of old and new bytes.
   * @throws {DeviceError} `READ_ONLY` after `protect`; `NOT_OWNED` for adopted memory
   */
  write(offset: number, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;

  /**
   * Reads an open file into the allocation, from its first byte on, without its bytes passing through JavaScript:
   * reading, copying and hashing overlap, in host memory that does not grow with the file and is wiped afterwards. The
   * descriptor must stay open until the promise settled. After a rejection, and where the file ends early, the range
   * holds any mixture of old and new bytes. Absent where a backend cannot: then read, and {@link write}.
   * @throws {DeviceError} `FILE_UNREADABLE`; `READ_ONLY` after `protect`
   */
  load?(descriptor: number, options: LoadOptions): Promise<LoadedFile>;

  /** A copy of `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;

  /**
   * The digest of the whole allocation, or of a range as a message of its own, computed where the bytes are. A range
   * has at least one byte, for a digest over nothing verifies nothing.
   * @throws {DeviceError} `UNSUPPORTED_DIGEST`, always for the sequential `sha256`
   */
  digest(algorithm: DigestAlgorithm, range?: ByteRange, options?: DigestOptions): Promise<Uint8Array>;

  /**
   * The digests of the allocation's chunks (`CHUNK_BYTES` of seal-crypto each, the last may be shorter), which
   * `digestFromChunks` joins to the digest of the whole; a single chunk's is that digest. A range starts at a chunk and
   * ends at one or at the allocation's end. Absent where the backend has no such kernel.
   * @throws {DeviceError} `UNSUPPORTED_DIGEST`, always for the sequential `sha256`
   */
  chunkDigests?(
    algorithm: DigestAlgorithm,
    range?: ByteRange,
    options?: DigestOptions,
  ): Promise<Uint8Array[]>;

  /**
   * Makes this mapping refuse writes where the driver can. Protecting twice is allowed. Memory that native code of this
   * process allocated is its owner's to protect: for that this tells what the driver says of it.
   */
  protect(): Promise<Protection>;

  /**
   * Overwrites every byte with zero, making the mapping writable again first.
   * @throws {DeviceError} `NOT_OWNED` for adopted memory
   */
  zero(): Promise<void>;

  /**
   * Makes a file descriptor by which other processes adopt this memory; each call makes another. Whoever has it decides
   * about their own access. The memory is back with the device when every process has let go of it and every descriptor
   * is closed. Absent where the backend has no such memory.
   * @throws {DeviceError} `NOT_EXPORTABLE` unless it was allocated as `exportable`
   */
  export?(): Promise<SharedMemory>;

  /** Gives the memory back, as it is: {@link zero} first what must not stay. Freeing twice is allowed. */
  free(): Promise<void>;
}
