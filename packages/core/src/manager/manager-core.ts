import type { EventEmitter } from 'node:events';
import { nativeEngine } from '@vram-residency/cuda-backend';
import { type AdoptSource, checkAdoptSource, type Device, type SharedMemory } from '@vram-residency/device';
import type { SealKey } from '@vram-residency/seal-crypto';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { systemClock } from '../clock.js';
import { VramError } from '../errors.js';
import type { ContextMembers } from '../events/context.js';
import { WorkerRecovered } from '../events/worker-events.js';
import { assertNotUsedByCaller } from '../execution/current-execution.js';
import { Executor } from '../execution/executor.js';
import { type Deallocation, type DeallocationReason, WorkerMemory } from '../memory/worker-memory.js';
import { VerificationCoalescer } from '../recording/coalescer.js';
import { contextMembers, type RecordContext } from '../recording/record-context.js';
import { Recorder } from '../recording/recorder.js';
import type { Resident } from '../residency/resident.js';
import { Residents } from '../residency/residents.js';
import { Scrubber, type ScrubOptions } from '../scrubbing/scrubber.js';
import { type ModelSource, openSource } from '../sealing/model-source.js';
import {
  type AdoptOptions,
  checkAdoptOptions,
  checkSealOptions,
  type SealOptions,
} from '../sealing/seal-options.js';
import { Sealer } from '../sealing/sealer.js';
import { allSettled } from '../settled.js';
import { SealVerifier } from '../verification/seal-verifier.js';
import { ManagerEvents } from './manager-events.js';
import type { CheckedManagerOptions } from './manager-options.js';
import { ManagerState } from './manager-state.js';
import { Metrics } from './metrics.js';
import { PolicyGate } from './policy-gate.js';

const COALESCE_MS = 1000;

/**
 * All that a manager is made of and does. The manager that users hold is apart from it, so that the garbage collector
 * can find one that was dropped, and this can give back what it held.
 */
export class ManagerCore {
  readonly state: ManagerState;
  readonly metrics: Metrics;
  readonly memory: WorkerMemory;
  readonly residents: Residents;
  readonly verifier: SealVerifier;
  readonly executor: Executor;
  readonly #options: CheckedManagerOptions;
  readonly #key: SealKey;
  readonly #recorder: Recorder;
  readonly #coalescer: VerificationCoalescer;
  readonly #gate: PolicyGate;
  readonly #sealer: Sealer;
  readonly #scrubbers = new Set<Scrubber>();
  readonly #seals = new Set<Promise<unknown>>();
  readonly #closingSignal = new AbortController();
  #closing: Promise<void> | undefined;

  /** @param emitter the manager's, see {@link ManagerEvents} */
  constructor(options: CheckedManagerOptions, device: Device, key: SealKey, emitter: EventEmitter) {
    const { gpuDevice, backend, policy } = options;
    const metrics = new Metrics();
    const recorder = new Recorder(options.auditLog, options.auditMode, options.onError, metrics);
    const coalescer = new VerificationCoalescer(recorder, systemClock, gpuDevice, COALESCE_MS);
    const events = new ManagerEvents(emitter, (error) => recorder.report(error));
    const state = new ManagerState(events);
    const residents = new Residents();
    const memory = new WorkerMemory(device, gpuDevice, options.budgetBytes, recorder);
    const shared = { recorder, metrics, events, state };
    const verifier = new SealVerifier({ gpuDevice, key, residents, coalescer, ...shared });
    const gate = new PolicyGate({ policy, backend, device, ...shared });
    const engines = defaultEngines(nativeEngine);
    this.#sealer = new Sealer({ options, device, key, engines, memory, gate, verifier, ...shared });
    this.executor = new Executor(state, verifier, metrics);
    this.state = state;
    this.metrics = metrics;
    this.memory = memory;
    this.residents = residents;
    this.verifier = verifier;
    this.#options = options;
    this.#key = key;
    this.#recorder = recorder;
    this.#coalescer = coalescer;
    this.#gate = gate;
  }

  /** See {@link VramManager.sealModel}. */
  async seal(source: ModelSource, options: SealOptions): Promise<Resident> {
    this.state.assertReady();
    const checked = checkSealOptions(options);
    const context = contextMembers(options);
    const { shardId } = checked;
    return this.#seal(shardId, async () => {
      const opened = await openSource(source);
      try {
        if (opened.sizeBytes > this.#options.maxModelBytes) {
          throw new VramError('MODEL_TOO_LARGE', `The source has ${opened.sizeBytes} bytes`, { shardId });
        }
        const { onProgress } = options;
        const signal = this.#signal(options.signal);
        return await this.#sealer.seal({ source: opened, checked, signal, onProgress, context });
      } finally {
        await opened.close();
      }
    });
  }

  /** See {@link VramManager.adopt}. */
  async adopt(source: AdoptSource, options: AdoptOptions): Promise<Resident> {
    this.state.assertReady();
    checkAdoptSource(source);
    const checked = checkAdoptOptions(options);
    const context = contextMembers(options);
    const signal = this.#signal(options.signal);
    return this.#seal(checked.shardId, () => this.#sealer.adopt({ source, checked, signal, context }));
  }

  /** See {@link VramManager.export}. */
  async export(resident: Resident): Promise<SharedMemory> {
    this.state.assertReady();
    const endUse = resident.use();
    try {
      return await this.memory.export(resident.allocation, resident.shardId);
    } finally {
      endUse();
    }
  }

  /** See {@link VramManager.release}. */
  async release(resident: Resident, reason: DeallocationReason): Promise<Deallocation> {
    assertNotUsedByCaller([resident]);
    const deallocation = await resident.release(async () => {
      this.#coalescer.flush(resident.shardId);
      const freed = await this.memory.deallocate(resident.allocation, reason, {});
      this.residents.forget(resident);
      this.metrics.add('releases');
      return freed;
    });
    await deallocation.recorded;
    return deallocation;
  }

  /** See {@link VramManager.recover}. */
  async recover(reason: string, context: RecordContext): Promise<void> {
    const members = contextMembers(context);
    // Made before anything is done: a reason that no record can hold is refused at once.
    const recovered = WorkerRecovered({ reason, gpu_device: this.#options.gpuDevice, ...members });
    const check = async (): Promise<void> => {
      await this.#gate.checkDevice(members);
      for (const resident of this.residents.all()) await this.#recheck(resident, members);
    };
    const record = (): Promise<void> => {
      this.#coalescer.flush();
      return this.#recorder.record(recovered);
    };
    await this.state.recover(check, record);
    this.metrics.add('recoveries');
  }

  /** See {@link VramManager.scrub}. */
  scrub(options: ScrubOptions): Scrubber {
    this.state.assertOpen();
    const { residents, verifier, state } = this;
    const scrubber = new Scrubber({ residents, verifier, state, recorder: this.#recorder }, options);
    this.#scrubbers.add(scrubber);
    void scrubber.ended.then(() => this.#scrubbers.delete(scrubber));
    return scrubber;
  }

  /** See {@link VramManager.close}. */
  async close(reason: 'manager_closed' | 'leaked'): Promise<void> {
    if (this.#closing === undefined) {
      assertNotUsedByCaller(this.residents.all());
      this.#closing = this.#close(reason).catch((error: unknown) => {
        // What the device still holds is given back when the manager is closed again.
        if (error instanceof VramError && error.code === 'DEVICE_FAILED') this.#closing = undefined;
        throw error;
      });
    }
    await this.#closing;
  }

  /** Tells of a failure that no call reports. */
  report(error: unknown): void {
    this.#recorder.report(error);
  }

  async #close(reason: 'manager_closed' | 'leaked'): Promise<void> {
    this.state.close();
    this.#closingSignal.abort(new VramError('MANAGER_CLOSED', 'The manager was closed'));
    await Promise.allSettled(this.#seals);
    const residents = this.residents.all();
    if (reason === 'leaked') this.metrics.add('leaks', residents.length);
    const releases = residents.map((resident) =>
      this.release(resident, reason).catch((error) => this.#postpone(error)),
    );
    try {
      await allSettled([...[...this.#scrubbers].map((scrubber) => scrubber.stop()), ...releases]);
    } finally {
      this.#coalescer.flush();
      this.#key.destroy();
      await this.memory.close(reason);
      for (const resident of residents) this.residents.forget(resident);
    }
  }

  /** Closing the device frees what could not be given back before; whatever else failed is for the caller. */
  #postpone(error: unknown): void {
    if (!(error instanceof VramError) || error.code !== 'DEVICE_FAILED') throw error;
    this.report(error);
  }

  async #seal(shardId: string, seal: () => Promise<Resident>): Promise<Resident> {
    const sealing = this.residents.hold(shardId, seal);
    this.#seals.add(sealing);
    try {
      return await sealing;
    } catch (error) {
      this.metrics.add('sealFailures');
      throw error;
    } finally {
      this.#seals.delete(sealing);
    }
  }

  async #recheck(resident: Resident, context: ContextMembers): Promise<void> {
    if (!resident.held) return;
    const endUse = resident.use();
    try {
      await this.#gate.checkAllocation(resident.allocation, context);
      await this.verifier.verifyFully(resident, context);
    } finally {
      endUse();
    }
  }

  #signal(given: AbortSignal | undefined): AbortSignal {
    const { signal } = this.#closingSignal;
    return given === undefined ? signal : AbortSignal.any([given, signal]);
  }
}
