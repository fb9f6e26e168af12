import { AUDIT_ERROR_REMEDIES, AuditError, type AuditErrorCode } from '../errors.js';
import { visible } from '../visible.js';
import { UsageError } from './usage-error.js';

/** Codes of what a user gave wrongly or asked in vain, and of what was checked and does not hold. */
const EXIT_CODES: Partial<Readonly<Record<AuditErrorCode, number>>> = {
  NOT_A_LOG: 2,
  UNKNOWN_FORMAT: 2,
  INVALID_KEY: 2,
  INVALID_NOTE: 2,
  INVALID_SOURCE: 2,
  INSECURE_KEY_FILE: 2,
  IDENTITY_CONFLICT: 2,
  NETWORK_FILE_SYSTEM: 2,
  COMPRESSION_UNSUPPORTED: 2,
  CORRUPT_SEGMENT: 10,
  EXPORT_CONFLICT: 10,
  LOG_FORKED: 10,
  LOG_ROLLED_BACK: 12,
  INVALID_PROOF: 10,
  NOT_PROVABLE: 11,
};

/** What a failure comes to on the command line. */
export interface Explanation {
  readonly exitCode: number;
  readonly code: string;
  /** One sentence, without its full stop; text from outside is escaped. */
  readonly message: string;
  readonly remedy: string;
}

/** @param command the name of the command that failed, if it has one */
export function explain(error: unknown, command?: string): Explanation {
  const message = visible(error instanceof Error ? error.message : String(error));
  if (error instanceof AuditError) {
    const { code } = error;
    return { exitCode: EXIT_CODES[code] ?? 1, code, message, remedy: AUDIT_ERROR_REMEDIES[code] };
  }
  if (error instanceof UsageError || error instanceof TypeError || error instanceof RangeError) {
    const help = command === undefined ? 'audit-chain --help' : `audit-chain ${command} --help`;
    return { exitCode: 2, code: 'USAGE', message, remedy: `See ${help}.` };
  }
  const remedy = 'This was not expected: please report it with the command that you ran.';
  return { exitCode: 1, code: 'UNEXPECTED', message, remedy };
}

/** The line that tells people of a failure. */
export function explanationLine({ code, message, remedy }: Explanation): string {
  return `audit-chain: ${message} (${code}). ${remedy}\n`;
}
