import { PolicyError } from '@vram-residency/policy';
import { SealError } from '@vram-residency/seal-crypto';
import { expect, test } from 'vitest';
import { VramError } from 'vram-residency';
import { UsageError } from '../usage-error.js';
import { describeFailure } from './describe-failure.js';
import { FailureAbout } from './failure-about.js';
import { FailureReporter } from './failure-reporter.js';

const missing = Object.assign(new Error('ENOENT: no such file or directory, open x'), {
  syscall: 'open',
  code: 'ENOENT',
});
const integrated = {
  rule: 'no_integrated_gpu',
  violation: 'unified_memory_detected',
  details: 'The GPU is integrated',
  severity: 'CRITICAL',
  remedy: 'use a discrete GPU',
} as const;

test('names what it is about, the sentence, what lies behind it, the code and the remedy', () => {
  const failure = new VramError('SOURCE_UNREADABLE', 'The file cannot be opened', { cause: missing });
  expect(describeFailure(new FailureAbout('model.bin', failure))).toBe(
    'vram-residency: model.bin: The file cannot be opened: ENOENT (SOURCE_UNREADABLE). ' +
      'Check the path, its permissions and the disk.\n',
  );
});

test('does not say a cause twice', () => {
  const failure = new SealError('READ_FAILED', 'The file could not be opened: ENOENT', { cause: missing });
  expect(describeFailure(failure)).toContain(': The file could not be opened: ENOENT (READ_FAILED)');
});

test('tells a usage error with where to read on', () => {
  expect(describeFailure(new UsageError('Expected a file', 'seal'))).toBe(
    'vram-residency: Expected a file (USAGE). See vram-residency seal --help.\n',
  );
});

test('tells every critical violation once with its remedy', () => {
  const violations = [
    integrated,
    { ...integrated, details: 'The memory is the host’s' },
    { ...integrated, details: 'The driver is old', severity: 'WARNING' as const, remedy: 'update it' },
  ];
  const failure = new PolicyError('POLICY_VIOLATION', 'A policy is violated', { violations });
  expect(describeFailure(failure)).toBe(
    'vram-residency: The policy is violated: The GPU is integrated; The memory is the host’s (POLICY_VIOLATION). ' +
      'Use a discrete GPU.\n',
  );
});

test('says of the system’s own errors what they say, and of the unexpected that it is a defect', () => {
  expect(describeFailure(missing)).toContain('open x (ENOENT). Check the path');
  expect(describeFailure(new TypeError('x is not a function'))).toBe(
    'vram-residency: x is not a function (UNEXPECTED). This is a defect of vram-residency: ' +
      'report it with the command that was run.\n',
  );
  expect(describeFailure('thrown')).toContain('thrown (UNEXPECTED)');
});

test('escapes control and bidirectional characters', () => {
  const text = describeFailure(new FailureAbout('a\u001b[2J\n\u202eb', new UsageError('Expected a file')));
  expect(text).toContain('a\\u{1b}[2J\\u{a}\\u{202e}b: ');
});

test('a reporter tells of each failure once', () => {
  const lines: string[] = [];
  const reporter = new FailureReporter((line) => lines.push(line));
  const failure = new UsageError('Expected a file');
  reporter.report(failure);
  reporter.report(failure);
  reporter.report('thrown');
  reporter.report('thrown');
  expect(lines).toHaveLength(3);
});
