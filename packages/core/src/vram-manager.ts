import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { type Allocation, type Device, DeviceError } from '@vram-residency/device';
import { enforce, type ObservedFacts, PolicyError, type Violation } from '@vram-residency/policy';
import {
  type DigestAlgorithm,
  equalBytes,
  formatDigest,
  fromHex,
  parseSeal,
  SealKey,
  type SerializedSeal,
  toHex,
} from '@vram-residency/seal-crypto';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { formatTimestamp, systemClock } from './clock.js';
import { VramError } from './errors.js';
import { VramAllocated, VramAllocationFailed, VramDeallocated } from './events/allocation-events.js';
import type { ContextMembers } from './events/context.js';
import { SealRejected, VramSealed } from './events/seal-events.js';
import { SealVerificationFailed } from './events/verification-events.js';
import { PolicyViolation, WorkerRecovered } from './events/worker-events.js';
import { assertVerifyMode, type ExecuteOptions, ShardView } from './execution/shard-view.js';
import {
  type CheckedManagerOptions,
  checkManagerOptions,
  type VramManagerOptions,
} from './manager/manager-options.js';
import { Metrics, type VramMetrics } from './manager/metrics.js';
import { Mutex } from './mutex.js';
import { VerificationCoalescer } from './recording/coalescer.js';
import { contextMembers, type RecordContext } from './recording/record-context.js';
import { Recorder } from './recording/recorder.js';
import { type Release, type ReleaseResult, Resident } from './residency/resident.js';
import { SealedShard } from './sealed-shard.js';
import { load } from './sealing/load.js';
import { type ModelSource, type OpenSource, openSource } from './sealing/model-source.js';
import { type CheckedSealOptions, checkSealOptions, type SealOptions } from './sealing/seal-options.js';
import type { FullVerification } from './verification/verification.js';

export type WorkerState = 'starting' | 'ready' | 'stopped' | 'closed';

/** What {@link VramManager.on} listens to. */
export interface VramManagerEvents {
  stopped: [{ readonly reason: string }];
  violation: [Violation];
  verificationFailed: [{ readonly shardId: string; readonly reason: string }];
}

type FailureReason = 'digest_mismatch' | 'signature_invalid' | 'unknown_shard' | 'device_error';
const COALESCE_MS = 1000;

/** The digest that device memory should have, and the one it has. */
interface DigestMismatch {
  readonly algorithm: DigestAlgorithm;
  readonly expected: Uint8Array;
  readonly actual: Uint8Array;
}

/** Loads, seals, verifies and releases the shards of one worker on one device, and records all of it. */
export class VramManager implements AsyncDisposable {
  readonly #options: CheckedManagerOptions;
  readonly #device: Device;
  readonly #key: SealKey;
  readonly #recorder: Recorder;
  readonly #coalescer: VerificationCoalescer;
  readonly #metrics: Metrics;
  readonly #events = new EventEmitter<VramManagerEvents>();
  readonly #engines = defaultEngines();
  readonly #allocating = new Mutex();
  readonly #residents = new Map<string, Resident>();
  readonly #sealing = new Set<string>();
  #usedBytes = 0;
  #state: WorkerState = 'starting';
  #closing: Promise<void> | undefined;

  private constructor(options: CheckedManagerOptions, device: Device, key: SealKey) {
    this.#options = options;
    this.#device = device;
    this.#key = key;
    this.#metrics = new Metrics();
    this.#recorder = new Recorder(options.auditLog, options.auditMode, options.onError, this.#metrics);
    this.#coalescer = new VerificationCoalescer(this.#recorder, systemClock, options.gpuDevice, COALESCE_MS);
    this.#state = 'ready';
  }

  /**
   * Opens a device for one worker.
   *
   * @throws VramError `NO_SUCH_DEVICE`, `DEVICE_FAILED`; SealError `TOKEN_TOO_SHORT`; TypeError, RangeError
   */
  static async open(options: VramManagerOptions): Promise<VramManager> {
    const checked = checkManagerOptions(options);
    const key = SealKey.derive(checked.workerToken, checked.workerId);
    try {
      return new VramManager(checked, await checked.backend.open(checked.gpuDevice), key);
    } catch (cause) {
      key.destroy();
      if (!(cause instanceof DeviceError)) throw cause;
      const code = cause.code === 'NO_SUCH_DEVICE' ? 'NO_SUCH_DEVICE' : 'DEVICE_FAILED';
      throw new VramError(code, `Device ${checked.gpuDevice} cannot be opened`, { cause });
    }
  }

  get state(): WorkerState {
    return this.#state;
  }

  on<Name extends keyof VramManagerEvents>(
    name: Name,
    listener: (...args: VramManagerEvents[Name]) => void,
  ): this {
    (this.#events as EventEmitter).on(name, listener as (...args: unknown[]) => void);
    return this;
  }

  list(): SealedShard[] {
    return [...this.#residents.values()].map((resident) => this.#shard(resident));
  }

  async memory(): Promise<{ totalBytes: number; freeBytes: number; usedBytes: number }> {
    return { ...(await this.#device.memory()), usedBytes: this.#usedBytes };
  }

  metrics(): VramMetrics {
    return { ...this.#metrics.snapshot(), residentShards: this.#residents.size, usedBytes: this.#usedBytes };
  }

  /**
   * Loads a shard into device memory and seals it.
   *
   * @throws VramError `WORKER_STOPPED`, `MANAGER_CLOSED`, `SHARD_EXISTS`, `MODEL_TOO_LARGE`, `INSUFFICIENT_VRAM`,
   *   `SEAL_REJECTED`, `VERIFICATION_FAILED`, `DEVICE_FAILED`, `AUDIT_UNAVAILABLE`, `SOURCE_NOT_A_FILE`,
   *   `SOURCE_UNREADABLE`; PolicyError; the signal's reason; TypeError, RangeError
   */
  async sealModel(source: ModelSource, options: SealOptions = {}): Promise<SealedShard> {
    this.#assertReady();
    const checked = checkSealOptions(options);
    const context = contextMembers(options);
    const { shardId } = checked;
    if (this.#residents.has(shardId) || this.#sealing.has(shardId)) {
      throw new VramError('SHARD_EXISTS', `The shard ${shardId} is resident already`, { shardId });
    }
    this.#sealing.add(shardId);
    try {
      const opened = await openSource(source);
      try {
        if (opened.sizeBytes > this.#options.maxModelBytes) {
          throw new VramError('MODEL_TOO_LARGE', `The source has ${opened.sizeBytes} bytes`, { shardId });
        }
        return await this.#seal(opened, checked, options, context);
      } finally {
        await opened.close();
      }
    } catch (error) {
      this.#metrics.add('sealFailures');
      throw error;
    } finally {
      this.#sealing.delete(shardId);
    }
  }

  /**
   * Verifies the signature of a seal, and the digest of every byte where it lies.
   *
   * @throws VramError `VERIFICATION_FAILED`, and the worker is stopped; `INVALID_SEAL`, `MANAGER_CLOSED`,
   *   `SHARD_RELEASED`, `AUDIT_UNAVAILABLE`
   */
  async verifySealed(
    shard: SealedShard | SerializedSeal,
    context: RecordContext = {},
  ): Promise<FullVerification> {
    if (this.#state === 'closed') throw new VramError('MANAGER_CLOSED', 'The manager is closed');
    const members = contextMembers(context);
    const resident = await this.#authenticate(shard, members);
    const endUse = resident.use();
    try {
      return await this.#verifyFully(resident, members);
    } finally {
      endUse();
    }
  }

  /**
   * Runs `fn` over shards that were verified as asked; none of them is released before it has ended. Calls that
   * verify the same shard at the same time share one verification.
   *
   * @throws VramError `WORKER_STOPPED`, `MANAGER_CLOSED`, `VERIFICATION_FAILED`, `SHARD_RELEASED`, `INVALID_SEAL`,
   *   `AUDIT_UNAVAILABLE`; whatever `fn` throws
   */
  async execute<Result>(
    shards: readonly SealedShard[],
    fn: (views: readonly ShardView[]) => Result | Promise<Result>,
    options: ExecuteOptions = {},
  ): Promise<Result> {
    this.#assertReady();
    const { verify = 'full' } = options;
    assertVerifyMode(verify);
    const members = contextMembers(options);
    const endUses: (() => void)[] = [];
    const views: ShardView[] = [];
    try {
      for (const shard of shards) {
        const resident = await this.#authenticate(shard, members);
        endUses.push(resident.use());
        const age = systemClock.monotonicMs() - resident.verifiedAtMs;
        if (verify === 'full' || (verify !== 'signature' && age > verify.maxAgeMs)) {
          await this.#verifyFully(resident, members);
        } else if (verify === 'signature') {
          await this.#coalescer.add({ shardId: shard.shardId, mode: 'signature', bytesVerified: 0 }, members);
        }
        views.push(new ShardView(resident));
      }
      // Another call may have stopped the worker while these were verified.
      this.#assertReady();
      this.#metrics.add('executions');
      return await fn(views);
    } finally {
      for (const view of views) view.expire();
      for (const endUse of endUses) endUse();
    }
  }

  /**
   * Overwrites a shard's memory with zeros, gives it back, and forgets the shard.
   *
   * @throws VramError `UNKNOWN_SHARD`, `DEVICE_FAILED`, `AUDIT_UNAVAILABLE`
   */
  release(shard: SealedShard): Promise<ReleaseResult> {
    const resident = this.#residents.get(shard.shardId);
    if (resident?.fields.nonce !== shard.fields.nonce) {
      throw new VramError('UNKNOWN_SHARD', `The shard ${shard.shardId} is not held here`);
    }
    return this.#release(resident, 'released');
  }

  /**
   * Puts a stopped worker back to work: the policy is evaluated again and every resident shard verified.
   *
   * @throws VramError `WORKER_NOT_STOPPED`, `VERIFICATION_FAILED`, `AUDIT_UNAVAILABLE`; PolicyError
   */
  async recover({ reason }: { readonly reason: string }): Promise<void> {
    if (this.#state !== 'stopped') throw new VramError('WORKER_NOT_STOPPED', 'The worker is not stopped');
    this.#enforce({ device: this.#device.facts }, {});
    for (const resident of this.#residents.values()) await this.verifySealed(this.#shard(resident));
    await this.#recorder.record(WorkerRecovered({ reason, gpu_device: this.#options.gpuDevice }));
    this.#metrics.add('recoveries');
    this.#state = 'ready';
  }

  /** Releases what is left, closes the device, and destroys the key. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#state = 'closed';
    try {
      for (const resident of [...this.#residents.values()]) await this.#release(resident, 'manager_closed');
    } finally {
      this.#coalescer.flush();
      this.#key.destroy();
      await this.#device.close();
    }
  }

  #assertReady(): void {
    if (this.#state === 'closed') throw new VramError('MANAGER_CLOSED', 'The manager is closed');
    if (this.#state === 'stopped')
      throw new VramError('WORKER_STOPPED', 'The worker is stopped; recover it first');
  }

  #shard(resident: Resident): SealedShard {
    return new SealedShard(resident.fields, resident.signature, () => this.#release(resident, 'released'));
  }

  async #seal(
    source: OpenSource,
    checked: CheckedSealOptions,
    options: SealOptions,
    context: ContextMembers,
  ): Promise<SealedShard> {
    this.#enforce({ device: this.#device.facts }, context);
    const allocation = await this.#allocate(source.sizeBytes, context);
    try {
      this.#enforce({ allocation: allocation.facts }, context);
      const digest = await this.#fill(source, allocation, checked, options, context);
      const protection = await allocation.protect();
      return await this.#sign(
        source.sizeBytes,
        allocation,
        digest,
        protection === 'read-only',
        checked,
        context,
      );
    } catch (error) {
      await this.#deallocate(allocation, checked.shardId, 'seal_failed', context)
        .then(({ recorded }) => recorded)
        .catch((failure: unknown) => this.#recorder.report(failure));
      if (error instanceof DeviceError) {
        throw new VramError('DEVICE_FAILED', 'The device failed while sealing', { cause: error });
      }
      throw error;
    }
  }

  async #allocate(sizeBytes: number, context: ContextMembers): Promise<Allocation> {
    const { budgetBytes, gpuDevice } = this.#options;
    // One at a time: what is free is asked, judged and taken without another seal in between.
    return this.#allocating.run(async () => {
      const { freeBytes } = await this.#device.memory();
      const available = Math.max(0, Math.min(freeBytes, budgetBytes - this.#usedBytes));
      const refuse = (reason: string, cause?: unknown): VramError => {
        const members = {
          requested_bytes: sizeBytes,
          available_bytes: available,
          reason,
          gpu_device: gpuDevice,
        };
        this.#recorder.note(
          VramAllocationFailed({ ...members, ...context } as Parameters<typeof VramAllocationFailed>[0]),
        );
        const code = reason === 'device_error' ? 'DEVICE_FAILED' : 'INSUFFICIENT_VRAM';
        return new VramError(code, `${sizeBytes} bytes were asked for, ${available} are available`, {
          cause,
          reason,
        });
      };
      if (sizeBytes > budgetBytes - this.#usedBytes) throw refuse('budget_exceeded');
      if (sizeBytes > freeBytes) throw refuse('insufficient_vram');
      let allocation: Allocation;
      try {
        allocation = await this.#device.allocate(sizeBytes);
      } catch (error) {
        const isFull = error instanceof DeviceError && error.code === 'OUT_OF_MEMORY';
        throw refuse(isFull ? 'driver_out_of_memory' : 'device_error', error);
      }
      this.#usedBytes += allocation.allocatedBytes;
      const record = this.#recorder.record(
        VramAllocated({
          requested_bytes: sizeBytes,
          allocated_bytes: allocation.allocatedBytes,
          available_bytes: available,
          used_bytes: this.#usedBytes,
          gpu_device: gpuDevice,
          gpu_uuid: this.#device.facts.uuid,
          ...context,
        }),
      );
      await record.catch(async (error: unknown) => {
        await allocation.free();
        this.#usedBytes -= allocation.allocatedBytes;
        throw error;
      });
      return allocation;
    });
  }

  /** Loads the bytes and compares their digest in device memory with what was expected and what was read. */
  async #fill(
    source: OpenSource,
    allocation: Allocation,
    checked: CheckedSealOptions,
    { signal, onProgress }: SealOptions,
    context: ContextMembers,
  ): Promise<Uint8Array> {
    const { algorithm, expected, shardId } = checked;
    const onHost =
      expected?.algorithm === algorithm ? [] : [algorithm, ...(expected ? [expected.algorithm] : [])];
    const loaded = await load(source, allocation, {
      engines: this.#engines,
      algorithms: onHost,
      signal,
      onProgress,
    });
    if (!loaded.intact) throw this.#reject('source_changed', checked, undefined, context);
    this.#metrics.add('bytesLoaded', source.sizeBytes);
    onProgress?.({ phase: 'digesting', loadedBytes: source.sizeBytes, totalBytes: source.sizeBytes });
    const actual = await allocation.digest(algorithm, undefined, signal);
    if (expected !== undefined) {
      const found =
        expected.algorithm === algorithm ? actual : (loaded.digests.get(expected.algorithm) as Uint8Array);
      if (!equalBytes(found, expected.digest))
        throw this.#reject('expected_digest_mismatch', checked, found, context);
    }
    const host = loaded.digests.get(algorithm);
    if (host !== undefined && !equalBytes(host, actual)) {
      throw await this.#failVerification(
        shardId,
        'digest_mismatch',
        { algorithm, expected: host, actual },
        context,
      );
    }
    return actual;
  }

  async #sign(
    vramBytes: number,
    allocation: Allocation,
    digest: Uint8Array,
    readOnly: boolean,
    { algorithm, expected, labels, shardId }: CheckedSealOptions,
    context: ContextMembers,
  ): Promise<SealedShard> {
    const { facts } = this.#device;
    const fields = {
      shardId,
      workerId: this.#options.workerId,
      gpuUuid: facts.uuid,
      gpuDevice: this.#options.gpuDevice,
      vramBytes,
      digestAlgorithm: algorithm,
      digest: toHex(digest),
      sealedAt: formatTimestamp(systemClock.now()),
      nonce: randomBytes(16).toString('hex'),
      ...labels,
    };
    const signature = this.#key.sign(fields);
    await this.#recorder.record(
      VramSealed({
        shard_id: shardId,
        gpu_device: fields.gpuDevice,
        gpu_uuid: facts.uuid,
        vram_bytes: vramBytes,
        digest: fields.digest,
        digest_algorithm: algorithm,
        backend: facts.backend,
        simulated: facts.simulated,
        read_only: readOnly,
        exclusive: allocation.facts.exclusive ?? null,
        ...(expected === undefined ? {} : { expected_digest: formatDigest(expected) }),
        ...(labels.modelRef === undefined ? {} : { model_ref: labels.modelRef }),
        ...(labels.shardIndex === undefined ? {} : { shard_index: labels.shardIndex }),
        ...(labels.totalShards === undefined ? {} : { total_shards: labels.totalShards }),
        ...context,
      }),
    );
    const resident = new Resident({
      fields,
      signature,
      allocation,
      readOnly,
      verifiedAtMs: systemClock.monotonicMs(),
    });
    this.#residents.set(shardId, resident);
    this.#metrics.add('seals');
    this.#metrics.add('bytesSealed', vramBytes);
    return this.#shard(resident);
  }

  /** The resident that a seal is of; a seal of another worker, manager or time is refused and recorded. */
  async #authenticate(shard: SealedShard | SerializedSeal, context: ContextMembers): Promise<Resident> {
    let seal: ReturnType<typeof parseSeal>;
    try {
      seal = parseSeal(shard instanceof SealedShard ? shard.toJSON() : shard);
    } catch (cause) {
      throw new VramError('INVALID_SEAL', 'What was presented is no seal', { cause });
    }
    const { fields, signature } = seal;
    const resident = this.#residents.get(fields.shardId);
    if (resident?.fields.nonce !== fields.nonce) {
      throw await this.#failVerification(fields.shardId, 'unknown_shard', undefined, context);
    }
    if (!this.#key.verify(fields, signature)) {
      throw await this.#failVerification(fields.shardId, 'signature_invalid', undefined, context);
    }
    return resident;
  }

  /** Verifies every byte, or waits for whoever is doing so already, and records it. */
  async #verifyFully(resident: Resident, context: ContextMembers): Promise<FullVerification> {
    resident.verifying ??= this.#verifyBytes(resident, context).finally(() => {
      resident.verifying = undefined;
    });
    const verified = await resident.verifying;
    await this.#coalescer.add(verified, context);
    return verified;
  }

  async #verifyBytes(resident: Resident, context: ContextMembers): Promise<FullVerification> {
    const { allocation, fields } = resident;
    const beganMs = systemClock.monotonicMs();
    const { shardId, vramBytes, digestAlgorithm: algorithm } = fields;
    const expected = fromHex(fields.digest);
    let actual: Uint8Array;
    try {
      actual = await allocation.digest(algorithm);
    } catch (error) {
      throw await this.#failVerification(shardId, 'device_error', undefined, context, error);
    }
    if (!equalBytes(actual, expected)) {
      throw await this.#failVerification(
        shardId,
        'digest_mismatch',
        { algorithm, expected, actual },
        context,
      );
    }
    resident.verifiedAtMs = beganMs;
    this.#metrics.add('verifications');
    this.#metrics.add('bytesVerified', vramBytes);
    return { shardId, mode: 'full', bytesVerified: vramBytes };
  }

  async #failVerification(
    shardId: string,
    reason: FailureReason,
    mismatch: DigestMismatch | undefined,
    context: ContextMembers,
    cause?: unknown,
  ): Promise<VramError> {
    this.#metrics.add('verificationFailures');
    this.#recorder.note(
      SealVerificationFailed({
        shard_id: shardId,
        gpu_device: this.#options.gpuDevice,
        reason,
        expected_digest: mismatch ? formatDigest({ ...mismatch, digest: mismatch.expected }) : null,
        actual_digest: mismatch ? formatDigest({ ...mismatch, digest: mismatch.actual }) : null,
        action_taken: 'worker_stopped',
        ...context,
      }),
    );
    this.#events.emit('verificationFailed', { shardId, reason });
    this.#stop(reason);
    return new VramError('VERIFICATION_FAILED', `The seal of ${shardId} does not verify: ${reason}`, {
      reason,
      shardId,
      cause,
    });
  }

  #reject(
    reason: 'expected_digest_mismatch' | 'source_changed',
    { algorithm, expected, shardId }: CheckedSealOptions,
    actual: Uint8Array | undefined,
    context: ContextMembers,
  ): VramError {
    this.#metrics.add('sealsRejected');
    this.#recorder.note(
      SealRejected({
        shard_id: shardId,
        reason,
        expected_digest: expected === undefined ? null : formatDigest(expected),
        actual_digest:
          actual === undefined
            ? null
            : formatDigest({ algorithm: expected?.algorithm ?? algorithm, digest: actual }),
        gpu_device: this.#options.gpuDevice,
        ...context,
      }),
    );
    return new VramError('SEAL_REJECTED', `The content of ${shardId} was refused: ${reason}`, {
      reason,
      shardId,
    });
  }

  async #release(resident: Resident, reason: 'released' | 'manager_closed'): Promise<ReleaseResult> {
    const { result, recorded } = await resident.release(async () => {
      this.#coalescer.flush(resident.shardId);
      const freed = await this.#deallocate(resident.allocation, resident.shardId, reason, {});
      this.#residents.delete(resident.shardId);
      this.#metrics.add('releases');
      return freed;
    });
    await recorded;
    return result;
  }

  /** Gives memory back. Rejects only if it was not; what becomes of the record is told apart from that. */
  async #deallocate(
    allocation: Allocation,
    shardId: string,
    reason: 'released' | 'manager_closed' | 'seal_failed',
    context: ContextMembers,
  ): Promise<Release> {
    const zeroed = await allocation.zero().then(
      () => true,
      (error: unknown) => {
        this.#recorder.report(error);
        return false;
      },
    );
    const freedBytes = allocation.allocatedBytes;
    await allocation.free();
    this.#usedBytes -= freedBytes;
    const recorded = this.#recorder.record(
      VramDeallocated({
        shard_id: shardId,
        freed_bytes: freedBytes,
        remaining_used: this.#usedBytes,
        gpu_device: this.#options.gpuDevice,
        reason,
        zeroed,
        ...context,
      }),
    );
    return { result: { freedBytes, zeroed }, recorded };
  }

  /** @throws PolicyError, after each violation was recorded and the worker stopped */
  #enforce(facts: ObservedFacts, context: ContextMembers): void {
    const { policy, gpuDevice } = this.#options;
    try {
      enforce(policy, facts, (violation) => {
        const isCritical = violation.severity === 'CRITICAL';
        this.#metrics.add('policyViolations');
        this.#recorder.note(
          PolicyViolation(
            {
              policy: policy.name,
              violation: violation.violation,
              details: violation.details,
              gpu_device: gpuDevice,
              action_taken: isCritical ? 'worker_stopped' : 'logged',
              ...context,
            },
            { severity: violation.severity },
          ),
        );
        this.#events.emit('violation', violation);
      });
    } catch (error) {
      if (error instanceof PolicyError) this.#stop('policy_violation');
      throw error;
    }
  }

  #stop(reason: string): void {
    if (this.#state !== 'ready') return;
    this.#state = 'stopped';
    this.#events.emit('stopped', { reason });
  }
}
