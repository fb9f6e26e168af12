import { AUDIT_ERROR_CODES, AuditError, type AuditErrorCode } from '@vram-residency/audit-chain';
import { DEVICE_ERROR_CODES, DeviceError, type DeviceErrorCode } from '@vram-residency/device';
import { POLICY_ERROR_CODES, PolicyError, type PolicyErrorCode } from '@vram-residency/policy';
import { SEAL_ERROR_CODES, SealError, type SealErrorCode } from '@vram-residency/seal-crypto';
import { expect, test } from 'vitest';
import { VRAM_ERROR_CODES, VramError, type VramErrorCode } from 'vram-residency';
import { InterruptedError } from '../interrupted-error.js';
import { UsageError } from '../usage-error.js';
import { describeFailure } from './describe-failure.js';
import { exitCodeOf } from './exit-code.js';
import { FailureAbout } from './failure-about.js';

const codes = <Code extends string>(list: Readonly<Record<Code, string>>) => Object.keys(list) as Code[];

/** An error of every code that any package exports. */
const failures: readonly (Error & { readonly code: string })[] = [
  ...codes<AuditErrorCode>(AUDIT_ERROR_CODES).map((code) => new AuditError(code, 'It failed')),
  ...codes<DeviceErrorCode>(DEVICE_ERROR_CODES).map((code) => new DeviceError(code, 'It failed')),
  ...codes<SealErrorCode>(SEAL_ERROR_CODES).map((code) => new SealError(code, 'It failed')),
  ...codes<VramErrorCode>(VRAM_ERROR_CODES).map((code) => new VramError(code, 'It failed')),
  ...codes<PolicyErrorCode>(POLICY_ERROR_CODES).map((code) => new PolicyError(code, 'It failed')),
  new InterruptedError('SIGTERM'),
];

test.each(failures)('$code has an exit code of the contract, a sentence and a remedy', (failure) => {
  expect([1, 2, 10, 11, 12, 13, 14, 15]).toContain(exitCodeOf(failure));
  expect(describeFailure(failure)).toMatch(
    new RegExp(`^vram-residency: [A-Z][^\n]*[^.] \\(${failure.code}\\)\\. [A-Z][^\n]*\\.\n$`),
  );
  expect(describeFailure(failure)).not.toContain('undefined');
});

test.each([
  [new UsageError('Expected a file'), 2],
  [new VramError('SOURCE_UNREADABLE', 'It failed'), 2],
  [new AuditError('IDENTITY_CONFLICT', 'It failed'), 2],
  [new AuditError('LOG_DAMAGED', 'It failed'), 10],
  [new AuditError('NOT_PROVABLE', 'It failed'), 11],
  [new AuditError('LOG_ROLLED_BACK', 'It failed'), 12],
  [new VramError('VERIFICATION_FAILED', 'It failed'), 13],
  [new VramError('SEAL_REJECTED', 'It failed'), 13],
  [new PolicyError('POLICY_VIOLATION', 'It failed'), 14],
  [new VramError('INSUFFICIENT_VRAM', 'It failed'), 15],
  [new VramError('MODEL_TOO_LARGE', 'It failed'), 15],
  [new AuditError('LOG_LOCKED', 'It failed'), 1],
  [new InterruptedError('SIGINT'), 1],
  [new TypeError('a is not a function'), 1],
  [new RangeError('Invalid array length'), 1],
  ['thrown', 1],
])('%o exits with %i', (failure, exitCode) => {
  expect(exitCodeOf(failure)).toBe(exitCode);
  expect(exitCodeOf(new FailureAbout('model.bin', failure))).toBe(exitCode);
});
