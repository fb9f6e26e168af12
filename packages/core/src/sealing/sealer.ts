import { randomBytes } from 'node:crypto';
import { type AdoptSource, type Allocation, type Device, DeviceError } from '@vram-residency/device';
import {
  type DigestEngines,
  equalBytes,
  formatDigest,
  type NamedDigest,
  type SealKey,
  toHex,
} from '@vram-residency/seal-crypto';
import { formatTimestamp, systemClock } from '../clock.js';
import { VramError } from '../errors.js';
import type { ContextMembers } from '../events/context.js';
import {
  SealRejected,
  type SealRejectedMembers,
  VramSealed,
  type VramSealedMembers,
} from '../events/seal-events.js';
import type { CheckedManagerOptions } from '../manager/manager-options.js';
import type { ManagerState } from '../manager/manager-state.js';
import type { Metrics } from '../manager/metrics.js';
import type { PolicyGate } from '../manager/policy-gate.js';
import type { WorkerMemory } from '../memory/worker-memory.js';
import type { Recorder } from '../recording/recorder.js';
import { Resident } from '../residency/resident.js';
import type { SealVerifier } from '../verification/seal-verifier.js';
import { load } from './load.js';
import type { OpenSource } from './model-source.js';
import type { CheckedSealOptions, SealProgress } from './seal-options.js';

export interface SealerParts {
  readonly options: CheckedManagerOptions;
  readonly device: Device;
  readonly key: SealKey;
  readonly engines: DigestEngines;
  readonly memory: WorkerMemory;
  readonly gate: PolicyGate;
  readonly verifier: SealVerifier;
  readonly recorder: Recorder;
  readonly metrics: Metrics;
  readonly state: ManagerState;
}

/** One seal in the making. */
interface Request {
  readonly checked: CheckedSealOptions;
  readonly signal: AbortSignal;
  readonly context: ContextMembers;
}

/** A seal of what is loaded. */
export interface SealRequest extends Request {
  readonly source: OpenSource;
  readonly onProgress: ((progress: SealProgress) => void) | undefined;
}

/** A seal of what lies there already. */
export interface AdoptRequest extends Request {
  readonly source: AdoptSource;
}

/** What lies in device memory. */
interface SealedContent {
  readonly digest: Uint8Array;
  /** Monotonic time at which computing the digest began. */
  readonly verifiedAtMs: number;
}

/** Takes memory, loads it, compares what lies there with what should, and signs for it; or leaves nothing behind. */
export class Sealer {
  readonly #parts: SealerParts;

  constructor(parts: SealerParts) {
    this.#parts = parts;
  }

  /** See {@link VramManager.sealModel}. */
  async seal(request: SealRequest): Promise<Resident> {
    const { gate, memory } = this.#parts;
    const { source, checked, signal, context } = request;
    const { shardId, exportable } = checked;
    await gate.checkDevice(context);
    const allocation = await memory.allocate(shardId, source.sizeBytes, { signal, exportable }, context);
    return this.#finish(allocation, request, () => this.#fill(allocation, request), {});
  }

  /** See {@link VramManager.adopt}. */
  async adopt(request: AdoptRequest): Promise<Resident> {
    const { gate, memory } = this.#parts;
    const { source, checked, signal, context } = request;
    await gate.checkDevice(context);
    const allocation = await memory.adopt(checked.shardId, source, signal);
    return this.#finish(allocation, request, () => this.#examine(allocation, request), { adopted: true });
  }

  /** Judges memory, establishes what lies in it, and signs for that; or gives it back. */
  async #finish(
    allocation: Allocation,
    request: Request,
    establish: () => Promise<SealedContent>,
    origin: Pick<VramSealedMembers, 'adopted'>,
  ): Promise<Resident> {
    const { gate, memory } = this.#parts;
    const { signal, context } = request;
    try {
      await gate.checkAllocation(allocation, context);
      const content = await establish();
      const isReadOnly = (await allocation.protect()) === 'read-only';
      signal.throwIfAborted();
      // Another shard's verification may have failed while this one was loaded.
      this.#parts.state.assertReady();
      return await this.#sign(allocation, content, { read_only: isReadOnly, ...origin }, request);
    } catch (error) {
      await memory.undo(allocation, context);
      if (!(error instanceof DeviceError)) throw error;
      throw new VramError('DEVICE_FAILED', 'The device failed while sealing', { cause: error });
    }
  }

  /** Loads the bytes and compares their digest in device memory with what was expected and what was read. */
  async #fill(allocation: Allocation, request: SealRequest): Promise<SealedContent> {
    const { engines, metrics, verifier } = this.#parts;
    const { source, checked, signal, onProgress, context } = request;
    const { algorithm, expected, shardId } = checked;
    // Where the seal's own digest is expected the host need not hash: device memory is compared with that.
    const needsHost = expected?.algorithm !== algorithm;
    const algorithms = needsHost ? [algorithm, ...(expected ? [expected.algorithm] : [])] : [];
    const loaded = await load(source, allocation, { engines, algorithms, signal, onProgress });
    if (!loaded.intact) throw await this.#reject('source_changed', checked, undefined, context);
    metrics.add('bytesLoaded', source.sizeBytes);
    onProgress?.({ phase: 'digesting', loadedBytes: source.sizeBytes, totalBytes: source.sizeBytes });
    const verifiedAtMs = systemClock.monotonicMs();
    const actual = await allocation.digest(algorithm, undefined, { signal });
    if (expected !== undefined) {
      const found = needsHost ? (loaded.digests.get(expected.algorithm) as Uint8Array) : actual;
      if (!equalBytes(found, expected.digest)) {
        throw await this.#reject('expected_digest_mismatch', checked, found, context);
      }
    }
    const onHost = loaded.digests.get(algorithm);
    if (onHost !== undefined && !equalBytes(onHost, actual)) {
      const mismatch = { algorithm, expected: onHost, actual };
      throw await verifier.fail({ shardId, reason: 'digest_mismatch', mismatch }, context);
    }
    return { digest: actual, verifiedAtMs };
  }

  /** Compares the digest of what lies there with what was expected. */
  async #examine(allocation: Allocation, { checked, signal, context }: AdoptRequest): Promise<SealedContent> {
    const { algorithm, expected, shardId } = checked;
    const { sizeBytes } = allocation;
    if (sizeBytes > this.#parts.options.maxModelBytes) {
      throw new VramError('MODEL_TOO_LARGE', `The memory has ${sizeBytes} bytes`, { shardId });
    }
    const verifiedAtMs = systemClock.monotonicMs();
    const digest = await allocation.digest(algorithm, undefined, { signal });
    if (expected !== undefined && !equalBytes(digest, expected.digest)) {
      throw await this.#reject('expected_digest_mismatch', checked, digest, context);
    }
    return { digest, verifiedAtMs };
  }

  async #sign(
    allocation: Allocation,
    { digest, verifiedAtMs }: SealedContent,
    observed: Pick<VramSealedMembers, 'read_only' | 'adopted'>,
    { checked, context }: Request,
  ): Promise<Resident> {
    const { options, device, key, recorder, metrics } = this.#parts;
    const { algorithm, labels, shardId } = checked;
    const { uuid, backend, simulated } = device.facts;
    const fields = {
      shardId,
      workerId: options.workerId,
      gpuUuid: uuid,
      gpuDevice: options.gpuDevice,
      vramBytes: allocation.sizeBytes,
      digestAlgorithm: algorithm,
      digest: toHex(digest),
      sealedAt: formatTimestamp(systemClock.now()),
      nonce: randomBytes(16).toString('hex'),
      ...labels,
    };
    const signature = key.sign(fields);
    await recorder.record(
      VramSealed({
        shard_id: shardId,
        gpu_device: fields.gpuDevice,
        gpu_uuid: uuid,
        vram_bytes: fields.vramBytes,
        digest: fields.digest,
        digest_algorithm: algorithm,
        backend,
        simulated,
        ...observed,
        exclusive: allocation.facts.exclusive ?? null,
        ...expectationMembers(checked),
        ...labelMembers(labels),
        ...context,
      }),
    );
    metrics.add('seals');
    metrics.add('bytesSealed', fields.vramBytes);
    return new Resident({ fields, signature, allocation, verifiedAtMs });
  }

  async #reject(
    reason: SealRejectedMembers['reason'],
    { algorithm, expected, shardId }: CheckedSealOptions,
    actual: Uint8Array | undefined,
    context: ContextMembers,
  ): Promise<VramError> {
    const { options, recorder, metrics } = this.#parts;
    metrics.add('sealsRejected');
    await recorder.note(
      SealRejected({
        shard_id: shardId,
        reason,
        expected_digest: named(expected),
        actual_digest: named(actual && { algorithm: expected?.algorithm ?? algorithm, digest: actual }),
        gpu_device: options.gpuDevice,
        ...context,
      }),
    );
    const message = `The content of ${shardId} was refused: ${reason}`;
    return new VramError('SEAL_REJECTED', message, { reason, shardId });
  }
}

function named(digest: NamedDigest | undefined): string | null {
  return digest === undefined ? null : formatDigest(digest);
}

function expectationMembers({ expected, expectedSource }: CheckedSealOptions) {
  return {
    ...(expected === undefined ? {} : { expected_digest: formatDigest(expected) }),
    ...(expectedSource === undefined ? {} : { expected_source: expectedSource }),
  };
}

function labelMembers({ modelRef, shardIndex, totalShards }: CheckedSealOptions['labels']) {
  return {
    ...(modelRef === undefined ? {} : { model_ref: modelRef }),
    ...(shardIndex === undefined ? {} : { shard_index: shardIndex }),
    ...(totalShards === undefined ? {} : { total_shards: totalShards }),
  };
}
