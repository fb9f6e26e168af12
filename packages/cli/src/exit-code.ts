import { AuditError } from '@vram-residency/audit-chain';
import { SealError } from '@vram-residency/seal-crypto';
import { PolicyError, VramError } from 'vram-residency';

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const CODES: Readonly<Record<string, number>> = {
  VERIFICATION_FAILED: 13,
  SEAL_REJECTED: 13,
  POLICY_VIOLATION: 14,
  INSUFFICIENT_VRAM: 15,
  MODEL_TOO_LARGE: 15,
  SOURCE_NOT_A_FILE: 2,
  SOURCE_UNREADABLE: 2,
  NO_SUCH_DEVICE: 2,
  TOKEN_TOO_SHORT: 2,
  MALFORMED_DIGEST: 2,
  NOT_A_FILE: 2,
  READ_FAILED: 2,
  INSECURE_KEY_FILE: 2,
  IDENTITY_CONFLICT: 2,
  INVALID_SOURCE: 2,
};

/** Exit code of a failure (command-line contract). */
export function exitCodeOf(error: unknown): number {
  const code = codeOf(error);
  if (code !== undefined) return CODES[code] ?? 1;
  const isUsage = error instanceof UsageError || error instanceof TypeError || error instanceof RangeError;
  return isUsage ? 2 : 1;
}

/** One sentence with its code, without a stack trace. */
export function explain(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === undefined ? message : `${message} (${code})`;
}

function codeOf(error: unknown): string | undefined {
  const isOurs =
    error instanceof AuditError ||
    error instanceof SealError ||
    error instanceof PolicyError ||
    error instanceof VramError;
  return isOurs ? error.code : undefined;
}
