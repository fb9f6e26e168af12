import type { DigestOptions } from '@vram-residency/device';
import type { DigestAlgorithm, SealKey, SerializedSeal } from '@vram-residency/seal-crypto';
import { equalBytes, formatDigest, fromHex, parseSeal, SealError } from '@vram-residency/seal-crypto';
import { systemClock } from '../clock.js';
import { VramError } from '../errors.js';
import type { ContextMembers } from '../events/context.js';
import { SealVerificationFailed, type SealVerificationFailedMembers } from '../events/verification-events.js';
import type { ManagerEvents } from '../manager/manager-events.js';
import type { ManagerState } from '../manager/manager-state.js';
import type { Metrics } from '../manager/metrics.js';
import type { VerificationCoalescer } from '../recording/coalescer.js';
import type { Recorder } from '../recording/recorder.js';
import type { Resident } from '../residency/resident.js';
import type { Residents } from '../residency/residents.js';
import { SealedShard } from '../sealed-shard.js';
import type { FullVerification } from './verification.js';

export interface SealVerifierParts {
  readonly gpuDevice: number;
  readonly key: SealKey;
  readonly residents: Residents;
  readonly recorder: Recorder;
  readonly coalescer: VerificationCoalescer;
  readonly metrics: Metrics;
  readonly events: ManagerEvents;
  readonly state: ManagerState;
}

/** The digest that device memory should have, and the one it has. */
interface DigestMismatch {
  readonly algorithm: DigestAlgorithm;
  readonly expected: Uint8Array;
  readonly actual: Uint8Array;
}

/** A verification that failed. */
export interface FailedVerification {
  readonly shardId: string;
  readonly reason: SealVerificationFailedMembers['reason'];
  readonly mismatch?: DigestMismatch;
  readonly cause?: unknown;
}

/** Verifies seals: whose they are, and whether device memory still holds what they say. */
export class SealVerifier {
  readonly #parts: SealVerifierParts;

  constructor(parts: SealVerifierParts) {
    this.#parts = parts;
  }

  /**
   * The resident that a seal is of. What is no seal of what is held here is a failed verification.
   *
   * @throws VramError `SHARD_RELEASED`, `INVALID_SEAL`, `VERIFICATION_FAILED`
   */
  async authenticate(shard: SealedShard | SerializedSeal, context: ContextMembers): Promise<Resident> {
    const { key, residents } = this.#parts;
    const own = shard instanceof SealedShard ? residents.of(shard) : undefined;
    if (own !== undefined) {
      own.assertHeld();
      if (key.verify(own.fields, own.signature)) return own;
      throw await this.fail({ shardId: own.shardId, reason: 'signature_invalid' }, context);
    }
    const { fields, signature } = parse(shard);
    const { shardId, nonce } = fields;
    const resident = residents.get(shardId);
    if (signature === undefined) throw await this.fail({ shardId, reason: 'not_sealed' }, context);
    if (resident?.fields.nonce !== nonce)
      throw await this.fail({ shardId, reason: 'unknown_shard' }, context);
    if (!key.verify(fields, signature))
      throw await this.fail({ shardId, reason: 'signature_invalid' }, context);
    // Signed with the worker's token, yet over other fields than those that were signed here.
    if (!equalBytes(signature, resident.signature)) {
      throw await this.fail({ shardId, reason: 'unknown_shard' }, context);
    }
    return resident;
  }

  /**
   * Verifies every byte where it lies and records it; whoever asks while that is under way waits for the same
   * verification, which has one record.
   *
   * @param options whether the device's other work goes first
   * @throws VramError `VERIFICATION_FAILED`, `AUDIT_UNAVAILABLE`
   */
  verifyFully(
    resident: Resident,
    context: ContextMembers,
    options: Pick<DigestOptions, 'background'> = {},
  ): Promise<FullVerification> {
    resident.verifying ??= this.#verifyBytes(resident, context, options).finally(() => {
      resident.verifying = undefined;
    });
    return resident.verifying;
  }

  /** Records that a signature was verified, and no byte. @throws VramError `AUDIT_UNAVAILABLE` */
  recordSignature({ shardId }: Resident, context: ContextMembers): Promise<void> {
    return this.#parts.coalescer.add({ shardId, mode: 'signature', bytesVerified: 0 }, context);
  }

  /** Records a failed verification, stops the worker and tells of it; the error is for the caller to throw. */
  async fail(failed: FailedVerification, context: ContextMembers): Promise<VramError> {
    const { gpuDevice, recorder, coalescer, metrics, events, state } = this.#parts;
    const { shardId, reason, mismatch, cause } = failed;
    metrics.add('verificationFailures');
    // What succeeded before stands before it in the log.
    coalescer.flush(shardId);
    const recorded = recorder.note(
      SealVerificationFailed({
        shard_id: shardId,
        gpu_device: gpuDevice,
        reason,
        expected_digest: mismatch ? formatDigest({ ...mismatch, digest: mismatch.expected }) : null,
        actual_digest: mismatch ? formatDigest({ ...mismatch, digest: mismatch.actual }) : null,
        action_taken: 'worker_stopped',
        ...context,
      }),
    );
    state.stop(reason);
    events.emit('verificationFailed', { shardId, reason });
    await recorded;
    const message = `The seal of ${shardId} does not verify: ${reason}`;
    return new VramError('VERIFICATION_FAILED', message, { reason, shardId, cause });
  }

  async #verifyBytes(
    resident: Resident,
    context: ContextMembers,
    options: DigestOptions,
  ): Promise<FullVerification> {
    const { metrics, coalescer } = this.#parts;
    const { allocation, fields } = resident;
    const beganMs = systemClock.monotonicMs();
    const { shardId, vramBytes, digestAlgorithm: algorithm } = fields;
    const expected = fromHex(fields.digest);
    let actual: Uint8Array;
    try {
      actual = await allocation.digest(algorithm, undefined, options);
    } catch (cause) {
      throw await this.fail({ shardId, reason: 'device_error', cause }, context);
    }
    if (!equalBytes(actual, expected)) {
      const mismatch = { algorithm, expected, actual };
      throw await this.fail({ shardId, reason: 'digest_mismatch', mismatch }, context);
    }
    const verified = { shardId, mode: 'full', bytesVerified: vramBytes } as const;
    metrics.add('verifications');
    metrics.add('bytesVerified', vramBytes);
    await coalescer.add(verified, context);
    resident.verifiedAtMs = beganMs;
    return verified;
  }
}

const NO_SIGNATURE = '0'.repeat(64);

/** @throws VramError `INVALID_SEAL` for what is not even an unsigned seal */
function parse(shard: SealedShard | SerializedSeal): {
  readonly fields: ReturnType<typeof parseSeal>['fields'];
  readonly signature: Uint8Array | undefined;
} {
  try {
    const seal = shard instanceof SealedShard ? shard.toJSON() : shard;
    const isUnsigned = typeof seal === 'object' && seal !== null && seal.signature === undefined;
    const { fields, signature } = parseSeal(isUnsigned ? { ...seal, signature: NO_SIGNATURE } : seal);
    return { fields, signature: isUnsigned ? undefined : signature };
  } catch (cause) {
    if (!(cause instanceof SealError || cause instanceof TypeError)) throw cause;
    throw new VramError('INVALID_SEAL', 'What was presented is no seal', { cause });
  }
}
