import {
  type AdoptSource,
  type Allocation,
  type Device,
  DeviceError,
  type SharedMemory,
} from '@vram-residency/device';
import { VramError } from '../errors.js';
import {
  VramAllocated,
  VramAllocationFailed,
  type VramAllocationFailedMembers,
  VramDeallocated,
  type VramDeallocatedMembers,
} from '../events/allocation-events.js';
import type { ContextMembers } from '../events/context.js';
import type { Recorder } from '../recording/recorder.js';
import { allSettled } from '../settled.js';
import { Mutex } from './mutex.js';

/** Bytes of device memory. */
export interface VramMemory {
  /** All memory of the device. */
  readonly totalBytes: number;
  /** What the device has left, whoever uses the rest. */
  readonly freeBytes: number;
  /** What this manager holds, rounded up as the device allocates. */
  readonly usedBytes: number;
  /** What seals of this manager were promised and the device is about to give. */
  readonly reservedBytes: number;
}

/** Why memory was given back. */
export type DeallocationReason = VramDeallocatedMembers['reason'];

/** Memory that was given back. */
export interface Deallocation {
  readonly freedBytes: number;
  /** Whether every byte was overwritten with zero before. */
  readonly zeroed: boolean;
  /** Settles with the record of it; the memory is gone whatever comes of that. */
  readonly recorded: Promise<void>;
}

interface Held {
  readonly shardId: string;
  /** Whether somebody else took the memory: it is not zeroed, and nothing is given back. */
  readonly adopted: boolean;
  /** What the last attempt to zero came to. */
  zeroed: boolean;
}

type FailureReason = VramAllocationFailedMembers['reason'];

/** All device memory of one manager: takes it within the budget, gives it back, counts and records both. */
export class WorkerMemory {
  readonly #device: Device;
  readonly #gpuDevice: number;
  readonly #budgetBytes: number;
  readonly #recorder: Recorder;
  readonly #taking = new Mutex();
  readonly #held = new Map<Allocation, Held>();
  #usedBytes = 0;
  #reservedBytes = 0;

  constructor(device: Device, gpuDevice: number, budgetBytes: number, recorder: Recorder) {
    this.#device = device;
    this.#gpuDevice = gpuDevice;
    this.#budgetBytes = budgetBytes;
    this.#recorder = recorder;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @throws VramError `DEVICE_FAILED` */
  async observe(): Promise<VramMemory> {
    try {
      const { totalBytes, freeBytes } = await this.#device.memory();
      return { totalBytes, freeBytes, usedBytes: this.#usedBytes, reservedBytes: this.#reservedBytes };
    } catch (cause) {
      throw new VramError('DEVICE_FAILED', 'The device does not tell its memory', { cause });
    }
  }

  /**
   * Takes memory for a shard, or nothing. One caller at a time: what is free is asked, judged and taken without
   * another seal in between, so that seals which run at once never take more than there is.
   *
   * @throws VramError `INSUFFICIENT_VRAM`, `NOT_EXPORTABLE`, `DEVICE_FAILED`, `AUDIT_UNAVAILABLE`; the signal's reason
   */
  async allocate(
    shardId: string,
    sizeBytes: number,
    options: TakeOptions,
    context: ContextMembers,
  ): Promise<Allocation> {
    const { allocation, recorded } = await this.#taking.run(() =>
      this.#take(shardId, sizeBytes, options, context),
    );
    try {
      await recorded;
    } catch (error) {
      await this.undo(allocation, context);
      throw error;
    }
    return allocation;
  }

  /**
   * Holds memory that somebody else took. It counts as none of this manager's, and nothing is recorded: what is
   * recorded is its seal.
   *
   * @throws VramError `NOT_ADOPTABLE`, `DEVICE_FAILED`; TypeError; the signal's reason
   */
  async adopt(shardId: string, source: AdoptSource, signal: AbortSignal): Promise<Allocation> {
    if (this.#device.adopt === undefined) {
      throw new VramError('NOT_ADOPTABLE', 'The backend adopts no memory', { shardId });
    }
    try {
      const allocation = await this.#device.adopt(source, { signal });
      this.#held.set(allocation, { shardId, adopted: true, zeroed: false });
      return allocation;
    } catch (cause) {
      if (!(cause instanceof DeviceError)) throw cause;
      const isRefused = cause.code === 'NOT_ADOPTABLE' || cause.code === 'ALLOCATION_FREED';
      const code = isRefused ? 'NOT_ADOPTABLE' : 'DEVICE_FAILED';
      throw new VramError(code, `The memory for ${shardId} was not adopted`, { cause, shardId });
    }
  }

  /** @throws VramError `NOT_EXPORTABLE`, `DEVICE_FAILED` */
  async export(allocation: Allocation, shardId: string): Promise<SharedMemory> {
    if (allocation.export === undefined) throw notExportable({ shardId });
    try {
      return await allocation.export();
    } catch (cause) {
      if (cause instanceof DeviceError && cause.code === 'NOT_EXPORTABLE') {
        throw notExportable({ cause, shardId });
      }
      throw new VramError('DEVICE_FAILED', `The memory of ${shardId} was not exported`, { cause, shardId });
    }
  }

  /**
   * Zeroes memory and gives it back; adopted memory is only let go of. What becomes of the record is told apart from that.
   *
   * @throws VramError `DEVICE_FAILED` if the memory was not given back; it is still held then
   */
  async deallocate(
    allocation: Allocation,
    reason: DeallocationReason,
    context: ContextMembers,
  ): Promise<Deallocation> {
    const held = this.#held.get(allocation);
    if (held === undefined)
      throw new VramError('MANAGER_CLOSED', 'The memory was freed when the device was closed');
    if (!held.adopted) await this.#zero(allocation, held);
    try {
      await allocation.free();
    } catch (cause) {
      const { shardId } = held;
      throw new VramError('DEVICE_FAILED', `The memory of ${shardId} was not given back`, { cause, shardId });
    }
    return this.#forget(allocation, held, reason, context);
  }

  /** Gives the memory of a seal that failed back. What fails in that is reported: the caller has its own failure. */
  async undo(allocation: Allocation, context: ContextMembers): Promise<void> {
    try {
      const { recorded } = await this.deallocate(allocation, 'seal_failed', context);
      await recorded;
    } catch (error) {
      this.#recorder.report(error);
    }
  }

  /**
   * Closes the device, which frees what could not be given back before, and records that.
   *
   * @throws VramError `DEVICE_FAILED` if the device could not be closed; `AUDIT_UNAVAILABLE`
   */
  async close(reason: DeallocationReason): Promise<void> {
    try {
      await this.#device.close();
    } catch (cause) {
      throw new VramError('DEVICE_FAILED', 'The device could not be closed', { cause });
    }
    const records = [...this.#held].map(
      ([allocation, held]) => this.#forget(allocation, held, reason, {}).recorded,
    );
    await allSettled(records);
  }

  async #zero(allocation: Allocation, held: Held): Promise<void> {
    try {
      await allocation.zero();
      held.zeroed = true;
    } catch (error) {
      held.zeroed = false;
      this.#recorder.report(error);
    }
  }

  async #take(
    shardId: string,
    sizeBytes: number,
    options: TakeOptions,
    context: ContextMembers,
  ): Promise<{ readonly allocation: Allocation; readonly recorded: Promise<void> }> {
    const request = { requestedBytes: sizeBytes, context };
    const freeBytes = await this.#freeBytes(request);
    const budgetLeft = Math.max(0, this.#budgetBytes - this.#usedBytes);
    const availableBytes = Math.min(freeBytes, budgetLeft);
    if (sizeBytes > budgetLeft) throw this.#refuse(request, 'budget_exceeded', availableBytes);
    if (sizeBytes > freeBytes) throw this.#refuse(request, 'insufficient_vram', availableBytes);
    const allocation = await this.#ask(request, availableBytes, options);
    this.#usedBytes += allocation.allocatedBytes;
    this.#held.set(allocation, { shardId, adopted: false, zeroed: false });
    const recorded = this.#recorder.record(
      VramAllocated({
        requested_bytes: sizeBytes,
        allocated_bytes: allocation.allocatedBytes,
        available_bytes: availableBytes,
        used_bytes: this.#usedBytes,
        gpu_device: this.#gpuDevice,
        gpu_uuid: this.#device.facts.uuid,
        ...context,
      }),
    );
    if (this.#usedBytes <= this.#budgetBytes) return { allocation, recorded };
    // The device rounds up, and by how much is known only now.
    await recorded.catch((error: unknown) => this.#recorder.report(error));
    await this.undo(allocation, context);
    throw this.#refuse(request, 'budget_exceeded', availableBytes);
  }

  async #freeBytes(request: AllocationRequest): Promise<number> {
    try {
      return (await this.#device.memory()).freeBytes;
    } catch (cause) {
      throw this.#refuse(request, 'device_error', null, cause);
    }
  }

  async #ask(request: AllocationRequest, availableBytes: number, options: TakeOptions): Promise<Allocation> {
    this.#reservedBytes += request.requestedBytes;
    try {
      return await this.#device.allocate(request.requestedBytes, options);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (error.code === 'NOT_EXPORTABLE') throw notExportable({ cause: error });
      const reason = error.code === 'OUT_OF_MEMORY' ? 'driver_out_of_memory' : 'device_error';
      throw this.#refuse(request, reason, availableBytes, error);
    } finally {
      this.#reservedBytes -= request.requestedBytes;
    }
  }

  #refuse(
    { requestedBytes, context }: AllocationRequest,
    reason: FailureReason,
    availableBytes: number | null,
    cause?: unknown,
  ): VramError {
    void this.#recorder.note(
      VramAllocationFailed({
        requested_bytes: requestedBytes,
        available_bytes: availableBytes,
        reason,
        gpu_device: this.#gpuDevice,
        ...context,
      }),
    );
    if (reason === 'device_error') {
      return new VramError('DEVICE_FAILED', `The device failed to give ${requestedBytes} bytes`, {
        cause,
        reason,
      });
    }
    const message = `${requestedBytes} bytes were asked for, ${availableBytes} are available`;
    return new VramError('INSUFFICIENT_VRAM', message, { cause, reason });
  }

  #forget(
    allocation: Allocation,
    { shardId, adopted, zeroed }: Held,
    reason: DeallocationReason,
    context: ContextMembers,
  ): Deallocation {
    const freedBytes = allocation.allocatedBytes;
    this.#held.delete(allocation);
    this.#usedBytes -= freedBytes;
    // Nothing was taken for a seal that failed, and nothing was recorded of it that this could end.
    if (adopted && reason === 'seal_failed') return { freedBytes, zeroed, recorded: Promise.resolve() };
    const recorded = this.#recorder.record(
      VramDeallocated({
        shard_id: shardId,
        freed_bytes: freedBytes,
        remaining_used: this.#usedBytes,
        gpu_device: this.#gpuDevice,
        reason,
        zeroed,
        ...context,
      }),
    );
    return { freedBytes, zeroed, recorded };
  }
}

interface AllocationRequest {
  readonly requestedBytes: number;
  readonly context: ContextMembers;
}

interface TakeOptions {
  readonly signal: AbortSignal;
  readonly exportable: boolean;
}

function notExportable(options: { readonly cause?: unknown; readonly shardId?: string }): VramError {
  return new VramError('NOT_EXPORTABLE', 'The memory cannot be handed to other processes', options);
}
