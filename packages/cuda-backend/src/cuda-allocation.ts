import {
  type Allocation,
  type AllocationFacts,
  type ByteRange,
  checkBytes,
  checkChunkRange,
  checkRange,
  DeviceError,
  type DigestOptions,
  type LoadedFile,
  type LoadOptions,
  type Protection,
  type SharedMemory,
} from '@vram-residency/device';
import { CHUNK_BYTES, DIGEST_BYTES, type DigestAlgorithm } from '@vram-residency/seal-crypto';
import {
  type NativeResult,
  OPERATION,
  type Operation,
  REQUEST_BACKGROUND,
  type RequestMembers,
} from './addon.js';
import { ALGORITHM_NUMBERS } from './algorithm-numbers.js';
import type { DeviceRequests } from './device-requests.js';
import { FileLoad } from './file-load.js';

/** Memory of a CUDA device. */
export class CudaAllocation implements Allocation {
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  readonly #external: object;
  readonly #requests: DeviceRequests;
  readonly #number: number;
  readonly #onFreed: (allocation: CudaAllocation) => void;
  /** The external of who allocated the memory, where that is somebody else in this process. */
  readonly #adopted: object | undefined;
  #facts: AllocationFacts;
  #freeing: Promise<void> | undefined;

  constructor(
    requests: DeviceRequests,
    sizeBytes: number,
    made: NativeResult,
    onFreed: (allocation: CudaAllocation) => void,
    adopted?: object,
  ) {
    this.#adopted = adopted;
    this.#requests = requests;
    this.sizeBytes = sizeBytes;
    this.allocatedBytes = made.allocatedBytes as number;
    this.#external = made.external as object;
    this.#number = made.allocation as number;
    this.#facts = Object.freeze(made.facts as AllocationFacts);
    this.#onFreed = onFreed;
  }

  get facts(): AllocationFacts {
    return this.#facts;
  }

  get external(): object {
    if (this.#endedByOwner()) this.#requests.addon.setValid(this.#external, false);
    return this.#external;
  }

  async write(offset: number, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkBytes(bytes, 'bytes');
    const range = { offset, length: bytes.length };
    checkRange(range, this.sizeBytes, 0);
    await this.#submit(OPERATION.WRITE, { ...range, bytes }, signal);
  }

  async load(descriptor: number, options: LoadOptions): Promise<LoadedFile> {
    checkRange({ offset: options.offset ?? 0, length: options.length }, this.sizeBytes, 1);
    const load = new FileLoad(descriptor, options);
    return load.loaded(await this.#submit(OPERATION.LOAD, load.members, load.signal));
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange({ offset, length }, this.sizeBytes, 0);
    const bytes = new Uint8Array(length);
    await this.#submit(OPERATION.READ, { offset, length, bytes });
    return bytes;
  }

  async digest(
    algorithm: DigestAlgorithm,
    range?: ByteRange,
    options: DigestOptions = {},
  ): Promise<Uint8Array> {
    const { offset, length } = range ?? { offset: 0, length: this.sizeBytes };
    checkRange({ offset, length }, this.sizeBytes, 1);
    const bytes = new Uint8Array(DIGEST_BYTES);
    await this.#submitDigest(OPERATION.DIGEST, algorithm, { offset, length, bytes }, options);
    return bytes;
  }

  async chunkDigests(
    algorithm: DigestAlgorithm,
    range?: ByteRange,
    options: DigestOptions = {},
  ): Promise<Uint8Array[]> {
    const { offset, length } = range ?? { offset: 0, length: this.sizeBytes };
    checkChunkRange({ offset, length }, this.sizeBytes);
    const count = Math.ceil(length / CHUNK_BYTES);
    const bytes = new Uint8Array(count * DIGEST_BYTES);
    await this.#submitDigest(OPERATION.CHUNK_DIGESTS, algorithm, { offset, length, bytes }, options);
    return Array.from({ length: count }, (_, i) => bytes.slice(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES));
  }

  async protect(): Promise<Protection> {
    await this.#submitForFacts(OPERATION.PROTECT);
    return this.#facts.readOnly === true ? 'read-only' : 'unsupported';
  }

  async zero(): Promise<void> {
    await this.#submitForFacts(OPERATION.ZERO);
  }

  async export(): Promise<SharedMemory> {
    const { descriptor } = await this.#submit(OPERATION.EXPORT, {});
    return { fd: descriptor as number, sizeBytes: this.sizeBytes };
  }

  async free(): Promise<void> {
    this.#freeing ??= this.#free();
    await this.#freeing;
  }

  /** Closing the device freed the memory with everything else. */
  freedByClose(): void {
    this.#freeing ??= Promise.resolve();
    this.#requests.addon.setValid(this.#external, false);
  }

  async #free(): Promise<void> {
    const { addon } = this.#requests;
    // Before the memory goes, so that native code never finds an address that is already somebody else's.
    addon.setValid(this.#external, false);
    try {
      await this.#requests.submit(OPERATION.FREE, { allocation: this.#number });
    } catch (error) {
      this.#freeing = undefined;
      addon.setValid(this.#external, !this.#endedByOwner());
      throw error;
    }
    this.#onFreed(this);
  }

  async #submitDigest(
    operation: Operation,
    algorithm: DigestAlgorithm,
    members: RequestMembers,
    { signal, background = false }: DigestOptions,
  ): Promise<void> {
    const flags = background ? REQUEST_BACKGROUND : 0;
    await this.#submit(operation, { ...members, algorithm: treeOf(algorithm), flags }, signal);
  }

  async #submitForFacts(operation: Operation): Promise<void> {
    const { facts } = await this.#submit(operation, {});
    this.#facts = Object.freeze(facts as AllocationFacts);
  }

  #endedByOwner(): boolean {
    return this.#adopted !== undefined && !this.#requests.addon.isValid(this.#adopted);
  }

  #submit(operation: Operation, members: RequestMembers, signal?: AbortSignal): Promise<NativeResult> {
    signal?.throwIfAborted();
    if (this.#freeing !== undefined) throw new DeviceError('ALLOCATION_FREED', 'The allocation was freed');
    if (this.#endedByOwner()) {
      throw new DeviceError('ALLOCATION_FREED', 'Who allocated the adopted memory has freed it');
    }
    return this.#requests.submit(operation, { ...members, allocation: this.#number }, signal);
  }
}

function treeOf(algorithm: DigestAlgorithm): number {
  if (algorithm !== 'blake3' && algorithm !== 'sha256-fsverity') {
    throw new DeviceError('UNSUPPORTED_DIGEST', 'The digest in place is blake3 or sha256-fsverity');
  }
  return ALGORITHM_NUMBERS[algorithm];
}
