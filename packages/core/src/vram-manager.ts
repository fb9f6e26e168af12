import { EventEmitter } from 'node:events';
import type { AdoptSource, SharedMemory } from '@vram-residency/device';
import { SealKey, type SerializedSeal } from '@vram-residency/seal-crypto';
import { VramError } from './errors.js';
import type { ExecuteOptions, ShardView } from './execution/shard-view.js';
import { leaks } from './manager/leaks.js';
import { ManagerCore } from './manager/manager-core.js';
import type { VramManagerEvents, VramManagerListener } from './manager/manager-events.js';
import { checkManagerOptions, type VramManagerOptions } from './manager/manager-options.js';
import type { WorkerState } from './manager/manager-state.js';
import type { VramMetrics } from './manager/metrics.js';
import { openDevice } from './manager/open-device.js';
import type { VramMemory } from './memory/worker-memory.js';
import { contextMembers, type RecordContext } from './recording/record-context.js';
import type { Resident } from './residency/resident.js';
import type { Scrubber, ScrubOptions } from './scrubbing/scrubber.js';
import type { SealedShard } from './sealed-shard.js';
import type { ModelSource } from './sealing/model-source.js';
import type { AdoptOptions, SealOptions } from './sealing/seal-options.js';
import type { FullVerification } from './verification/verification.js';

/** What a release did. */
export interface ReleaseResult {
  readonly freedBytes: number;
  /** Whether every byte was overwritten with zero before the memory was given back. */
  readonly zeroed: boolean;
}

/** Why a worker may work again, and on whose behalf. */
export interface RecoverOptions extends RecordContext {
  /** At most 1024 bytes; it is recorded. */
  readonly reason: string;
}

/**
 * Loads, seals, verifies and releases the shards of one worker on one device, and records all of it.
 *
 * Its owner closes it, or declares it with `await using`. One that is dropped unclosed is closed when the garbage
 * collector finds it and recorded as leaked, which may be never.
 */
export class VramManager implements AsyncDisposable {
  readonly #core: ManagerCore;
  readonly #listeners: EventEmitter;

  private constructor(core: ManagerCore, listeners: EventEmitter) {
    this.#core = core;
    this.#listeners = listeners;
    leaks.register(this, core, this);
  }

  /**
   * Opens a device for one worker.
   *
   * @throws VramError `BACKEND_ABSENT`, `NO_SUCH_DEVICE`, `DEVICE_FAILED`; SealError `TOKEN_TOO_SHORT`; TypeError, RangeError
   */
  static async open(options: VramManagerOptions): Promise<VramManager> {
    // The token is not kept: the key that is made of it can be destroyed, a string cannot.
    const { workerToken, ...checked } = checkManagerOptions(options);
    const key = SealKey.derive(workerToken, checked.workerId);
    try {
      const device = await openDevice(checked.backend, checked.gpuDevice);
      const listeners = new EventEmitter();
      return new VramManager(new ManagerCore(checked, device, key, listeners), listeners);
    } catch (error) {
      key.destroy();
      throw error;
    }
  }

  get state(): WorkerState {
    return this.#core.state.current;
  }

  /** Calls `listener` at each such event. What it throws goes to `onError`. */
  on<Name extends keyof VramManagerEvents>(name: Name, listener: VramManagerListener<Name>): this {
    this.#listeners.on(name, listener as (...args: unknown[]) => void);
    return this;
  }

  /** Ends what {@link on} began. */
  off<Name extends keyof VramManagerEvents>(name: Name, listener: VramManagerListener<Name>): this {
    this.#listeners.off(name, listener as (...args: unknown[]) => void);
    return this;
  }

  /** The shards that are held, in the order in which they were sealed. */
  list(): SealedShard[] {
    return this.#core.residents.all().map((resident) => this.#core.residents.handle(resident, this));
  }

  /** @throws VramError `DEVICE_FAILED`, `MANAGER_CLOSED` */
  async memory(): Promise<VramMemory> {
    this.#core.state.assertOpen();
    return this.#core.memory.observe();
  }

  metrics(): VramMetrics {
    const { metrics, residents, memory } = this.#core;
    return { ...metrics.snapshot(), residentShards: residents.size, usedBytes: memory.usedBytes };
  }

  /**
   * Loads a shard into device memory and seals it. A seal that fails leaves no memory and no record of a seal.
   *
   * @throws VramError `WORKER_STOPPED`, `MANAGER_CLOSED`, `SHARD_EXISTS`, `MODEL_TOO_LARGE`, `INSUFFICIENT_VRAM`,
   *   `SEAL_REJECTED`, `VERIFICATION_FAILED`, `DEVICE_FAILED`, `AUDIT_UNAVAILABLE`, `SOURCE_NOT_A_FILE`,
   *   `SOURCE_UNREADABLE`; SealError `MALFORMED_DIGEST`; PolicyError `POLICY_VIOLATION`; the signal's reason;
   *   TypeError, RangeError
   */
  async sealModel(source: ModelSource, options: SealOptions = {}): Promise<SealedShard> {
    return this.#core.residents.handle(await this.#core.seal(source, options), this);
  }

  /**
   * Seals memory that another process exported, or that native code of this one allocated. Nothing is loaded: the
   * digest of what lies there is what is sealed. Whoever took the memory may still write it, which the next
   * verification finds, and must keep it until the shard is released; releasing lets go of it and overwrites nothing.
   *
   * @throws VramError `NOT_ADOPTABLE`, `WORKER_STOPPED`, `MANAGER_CLOSED`, `SHARD_EXISTS`, `MODEL_TOO_LARGE`,
   *   `SEAL_REJECTED`, `DEVICE_FAILED`, `AUDIT_UNAVAILABLE`; SealError `MALFORMED_DIGEST`; PolicyError
   *   `POLICY_VIOLATION`; the signal's reason; TypeError, RangeError
   */
  async adopt(source: AdoptSource, options: AdoptOptions = {}): Promise<SealedShard> {
    return this.#core.residents.handle(await this.#core.adopt(source, options), this);
  }

  /**
   * Makes a file descriptor by which another process adopts a shard that was sealed as `exportable`. The caller closes
   * it once it is handed over. Releasing the shard overwrites its memory, for those who adopted it too.
   *
   * @throws VramError `NOT_EXPORTABLE`, `UNKNOWN_SHARD`, `SHARD_RELEASED`, `WORKER_STOPPED`, `MANAGER_CLOSED`,
   *   `DEVICE_FAILED`
   */
  async export(shard: SealedShard): Promise<SharedMemory> {
    return this.#core.export(this.#residentOf(shard));
  }

  /**
   * Verifies the signature of a seal, and the digest of every byte where it lies. A serialised seal verifies only
   * while the shard that it was made for is held here. A stopped worker may verify.
   *
   * @throws VramError `VERIFICATION_FAILED`, and the worker is stopped; `INVALID_SEAL`, `MANAGER_CLOSED`,
   *   `SHARD_RELEASED`, `AUDIT_UNAVAILABLE`; TypeError, RangeError
   */
  async verifySealed(
    shard: SealedShard | SerializedSeal,
    context: RecordContext = {},
  ): Promise<FullVerification> {
    const { state, verifier } = this.#core;
    state.assertOpen();
    const members = contextMembers(context);
    const resident = await verifier.authenticate(shard, members);
    const endUse = resident.use();
    try {
      return await verifier.verifyFully(resident, members);
    } finally {
      endUse();
    }
  }

  /**
   * Runs `fn` over shards that were verified as asked; none of them is released before it has ended. Calls that
   * verify the same shard at the same time share one verification.
   *
   * @throws VramError `WORKER_STOPPED`, `MANAGER_CLOSED`, `VERIFICATION_FAILED`, `SHARD_RELEASED`, `INVALID_SEAL`,
   *   `AUDIT_UNAVAILABLE`; TypeError, RangeError; whatever `fn` throws
   */
  execute<Result>(
    shards: readonly SealedShard[],
    fn: (views: readonly ShardView[]) => Result | Promise<Result>,
    options: ExecuteOptions = {},
  ): Promise<Result> {
    return this.#core.executor.execute(shards, fn, options);
  }

  /**
   * Waits for those who use a shard, overwrites its memory with zeros, gives it back, and forgets the shard. Releasing
   * again answers the same.
   *
   * @throws VramError `UNKNOWN_SHARD`, `SHARD_IN_USE` from within an execution that uses the shard; `DEVICE_FAILED` if
   *   the memory was not given back; `AUDIT_UNAVAILABLE` if it was, but the record of that is not durable
   */
  async release(shard: SealedShard): Promise<ReleaseResult> {
    const { freedBytes, zeroed } = await this.#core.release(this.#residentOf(shard), 'released');
    return { freedBytes, zeroed };
  }

  /**
   * Puts a stopped worker back to work: the policy is evaluated again, over the device and every allocation that is
   * held, and every resident shard verified.
   *
   * @throws VramError `WORKER_NOT_STOPPED`, `MANAGER_CLOSED`, `VERIFICATION_FAILED`, `DEVICE_FAILED`,
   *   `AUDIT_UNAVAILABLE`; PolicyError `POLICY_VIOLATION`; TypeError, RangeError
   */
  async recover({ reason, ...context }: RecoverOptions): Promise<void> {
    await this.#core.recover(reason, context);
  }

  /**
   * Verifies what is resident again and again in the background, at a bounded rate, until it is told to stop or the
   * manager is closed. A failure is recorded, stops the worker and is told by the event `verificationFailed`; the
   * scrubber goes on once the worker is recovered.
   *
   * @throws VramError `MANAGER_CLOSED`; TypeError, RangeError
   */
  scrub(options: ScrubOptions): Scrubber {
    return this.#core.scrub(options);
  }

  /**
   * Refuses new work, waits for executions, undoes seals in the making, releases what is left, closes the device and
   * destroys the key. Idempotent.
   *
   * @throws VramError `SHARD_IN_USE` from within an execution; `DEVICE_FAILED` if the device could not be closed, which
   *   closing again tries anew; `AUDIT_UNAVAILABLE`, after all of it was tried
   */
  async close(): Promise<void> {
    await this.#core.close('manager_closed');
    leaks.unregister(this);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @throws VramError `UNKNOWN_SHARD` */
  #residentOf(shard: SealedShard): Resident {
    const resident = this.#core.residents.of(shard);
    if (resident !== undefined) return resident;
    throw new VramError('UNKNOWN_SHARD', 'The shard was not sealed by this manager');
  }
}
