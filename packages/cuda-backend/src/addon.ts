import type { AllocationFacts, DeviceFacts } from '@vram-residency/device';

/** The operations of `vram_operation` (vram/device.h); a test compares them. */
export const OPERATION = {
  MEMORY: 0,
  ALLOCATE: 1,
  WRITE: 2,
  READ: 3,
  DIGEST: 4,
  CHUNK_DIGESTS: 5,
  PROTECT: 6,
  ZERO: 7,
  FREE: 8,
  CLOSE: 9,
  EXPORT: 10,
  IMPORT: 11,
  ADOPT: 12,
  LOAD: 13,
} as const;

/** `VRAM_REQUEST_BACKGROUND` (vram/device.h). */
export const REQUEST_BACKGROUND = 1;
/** `VRAM_REQUEST_EXPORTABLE` (vram/device.h). */
export const REQUEST_EXPORTABLE = 2;

/** One of {@link OPERATION}. */
export type Operation = (typeof OPERATION)[keyof typeof OPERATION];

declare const driverBrand: unique symbol;
declare const deviceBrand: unique symbol;
declare const hasherBrand: unique symbol;

/** A loaded driver, opaque to JavaScript. */
export interface NativeDriver {
  readonly [driverBrand]: true;
}

/** An open device, opaque to JavaScript. */
export interface NativeDevice {
  readonly [deviceBrand]: true;
}

/** What the driver tells of a device; the backend adds its own name. */
export type NativeDeviceFacts = Omit<DeviceFacts, 'backend'>;

/** What is loaded, and who is told how far that is. */
interface NativeFile {
  readonly descriptor: number;
  /** `1 << vram_digest_algorithm` for each digest of the host. */
  readonly digests: number;
  /** Must not throw. */
  readonly onLoaded: (loadedBytes: number) => void;
}

/** What a request is about; what an operation does not need is left out. */
export interface RequestMembers {
  readonly allocation?: number;
  readonly offset?: number;
  readonly length?: number;
  readonly algorithm?: number;
  readonly flags?: number;
  /** The file descriptor that is imported. */
  readonly descriptor?: number;
  /** What is written, or where a result goes; left alone until the promise settles. */
  readonly bytes?: Uint8Array;
  /** The memory that is adopted. */
  readonly external?: object;
  /** The file that is loaded. */
  readonly file?: NativeFile;
}

/** What an operation tells; which members there are depends on the operation. */
export interface NativeResult {
  readonly totalBytes?: number;
  readonly freeBytes?: number;
  readonly allocation?: number;
  readonly sizeBytes?: number;
  readonly allocatedBytes?: number;
  readonly loadedBytes?: number;
  readonly external?: object;
  readonly facts?: AllocationFacts;
  readonly descriptor?: number;
}

/** Where a native digest stands, opaque to JavaScript. */
export interface NativeHasher {
  readonly [hasherBrand]: true;
}

/** What came of digesting a file: the digest, or why it could not be read, 0 if the file is shorter. */
type FileDigest =
  | { readonly digest: ArrayBuffer; readonly errno?: undefined }
  | { readonly digest?: undefined; readonly errno: number };

/** The functions of the addon. Promises reject with an Error whose `status` is one of `NATIVE_STATUS`. */
export interface Addon {
  openDriver(standIn: string | null): Promise<NativeDriver>;
  devices(driver: NativeDriver): Promise<NativeDeviceFacts[]>;
  openDevice(
    driver: NativeDriver,
    index: number,
  ): Promise<{ readonly device: NativeDevice; readonly facts: NativeDeviceFacts }>;
  /** @param id names the request for `cancel`; no two of a device that are under way have the same */
  submit(
    device: NativeDevice,
    id: number,
    operation: Operation,
    members: RequestMembers,
  ): Promise<NativeResult>;
  cancel(device: NativeDevice, id: number): void;
  /** Whether the memory of an `external`, of this addon or of another, may be used. */
  isValid(external: object): boolean;
  /** Says whether the memory of an `external` may be used. */
  setValid(external: object, valid: boolean): void;

  createHasher(algorithm: number): NativeHasher;
  updateHasher(hasher: NativeHasher, bytes: Uint8Array): void;
  /** @param digest 32 bytes that are written; the hasher is wiped */
  finishHasher(hasher: NativeHasher, digest: Uint8Array): void;
  wipeHasher(hasher: NativeHasher): void;
  /** @param nodes 32 bytes for each chunk, which are written */
  chunkNodes(algorithm: number, bytes: Uint8Array, firstChunk: number, nodes: Uint8Array): void;
  /** @param control chunks that are done, and whether the digest was cancelled; both sides may change them */
  digestFile(
    algorithm: number,
    descriptor: number,
    sizeBytes: number,
    control: Int32Array,
  ): Promise<FileDigest>;

  /** @param words 16 for each line there is room for, which are written: `vram_record` (vram/records.h) */
  scanRecords(
    bytes: Uint8Array,
    words: Uint32Array,
  ): { readonly count: number; readonly consumedBytes: number };
  /** @param words of the lines alone, and so below; `hashes` are 32 bytes for each, which are written */
  leafHashes(bytes: Uint8Array, words: Uint32Array, hashes: Uint8Array): void;
  recordMacs(bytes: Uint8Array, words: Uint32Array, key: Uint8Array, macs: Uint8Array): void;
  /** @returns the index of the first line that states another hash; their number if there is none */
  recordMismatch(stated: number, bytes: Uint8Array, words: Uint32Array, hashes: Uint8Array): number;
  merkleLevel(nodes: Uint8Array, parents: Uint8Array): void;
}
