import { AuditError, type AuditErrorCode } from '@vram-residency/audit-chain';
import { DeviceError, type DeviceErrorCode } from '@vram-residency/device';
import { PolicyError, type PolicyErrorCode } from '@vram-residency/policy';
import { SealError, type SealErrorCode } from '@vram-residency/seal-crypto';
import { VramError, type VramErrorCode } from 'vram-residency';
import { InterruptedError } from '../interrupted-error.js';

/** Every stable code that the packages' errors carry. */
export type FailureCode =
  | AuditErrorCode
  | DeviceErrorCode
  | PolicyErrorCode
  | SealErrorCode
  | VramErrorCode
  | InterruptedError['code'];

/** An error with a stable code. */
export type CodedError = AuditError | DeviceError | PolicyError | SealError | VramError | InterruptedError;

const CLASSES = [AuditError, DeviceError, PolicyError, SealError, VramError, InterruptedError];

/** Whether an error is of these packages, and so has a code that is known. */
export function isCoded(error: unknown): error is CodedError {
  return CLASSES.some((errorClass) => error instanceof errorClass);
}
