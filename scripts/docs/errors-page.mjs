// @ts-check
import { AUDIT_ERROR_CODES, AUDIT_ERROR_REMEDIES, AuditError } from '@vram-residency/audit-chain';
import { DEVICE_ERROR_CODES, DeviceError } from '@vram-residency/device';
import { POLICY_ERROR_CODES, PolicyError } from '@vram-residency/policy';
import { SEAL_ERROR_CODES, SealError } from '@vram-residency/seal-crypto';
import { VRAM_ERROR_CODES, VramError } from 'vram-residency';
import { exitCodeOf } from '../../packages/cli/dist/failure/exit-code.js';
import { code, table } from './markdown.mjs';

/**
 * @typedef {Error & { readonly code: string, readonly retriable: boolean }} CodedError
 */

/** The text of `docs/errors.md`. */
export function errorsPage() {
  return `# Errors

A caller's mistake is a \`TypeError\` (wrong type) or a \`RangeError\` (wrong value), which name the argument. Everything else is
an error of the package it comes from, with

- \`code\`: stable over versions. Decide on it; messages may change,
- \`retriable\`: whether the same call may succeed later without anything being repaired first,
- \`cause\`: what lies behind it, where something does.

No message holds a key, a token, an address or a byte of a model. The exit code is that of the command \`vram-residency\` when
it ends with such an error.

${section('VramError', 'vram-residency', VRAM_ERROR_CODES, (name) => new VramError(name, ''))}

${section('AuditError', '@vram-residency/audit-chain', AUDIT_ERROR_CODES, (name) => new AuditError(name, ''), AUDIT_ERROR_REMEDIES)}

${section('DeviceError', '@vram-residency/device', DEVICE_ERROR_CODES, (name) => new DeviceError(name, ''))}

${section('SealError', '@vram-residency/seal-crypto', SEAL_ERROR_CODES, (name) => new SealError(name, ''))}

${section('PolicyError', '@vram-residency/policy', POLICY_ERROR_CODES, (name) => new PolicyError(name, ''))}
`;
}

/**
 * @template {string} Code
 * @param {string} errorClass
 * @param {string} packageName
 * @param {Readonly<Record<Code, string>>} meanings
 * @param {(name: Code) => CodedError} make
 * @param {Readonly<Record<Code, string>>} [remedies]
 */
function section(errorClass, packageName, meanings, make, remedies) {
  const names = /** @type {Code[]} */ (Object.keys(meanings));
  const rows = names.map((name) => {
    const error = make(name);
    return [
      code(name),
      meanings[name],
      ...(remedies === undefined ? [] : [remedies[name]]),
      error.retriable ? 'yes' : 'no',
      String(exitCodeOf(error)),
    ];
  });
  const remedy = remedies === undefined ? [] : ['what to do'];
  return `## ${errorClass}, of ${code(packageName)}

${table(['code', 'meaning', ...remedy, 'retriable', 'exit code'], rows)}`;
}
