import { PolicyError } from '@vram-residency/policy';
import { capitalised } from '../capitalised.js';
import { UsageError } from '../usage-error.js';
import { visible } from '../visible.js';
import { FailureAbout } from './failure-about.js';
import { type CodedError, isCoded } from './failure-code.js';
import { REMEDIES, REPORT_IT } from './remedies.js';

/** A failure for people, on one line: `vram-residency: SUBJECT: SENTENCE (CODE). REMEDY.` */
export function describeFailure(failure: unknown): string {
  const isAbout = failure instanceof FailureAbout;
  const { sentence, code, remedy } = explain(isAbout ? failure.cause : failure);
  const subject = isAbout ? `${failure.subject}: ` : '';
  return `vram-residency: ${visible(subject + withoutFullStop(sentence))} (${code}). ${visible(remedy)}\n`;
}

interface Explanation {
  readonly sentence: string;
  readonly code: string;
  readonly remedy: string;
}

function explain(error: unknown): Explanation {
  if (error instanceof UsageError) {
    return { sentence: error.message, code: error.code, remedy: `See ${error.help}.` };
  }
  if (error instanceof PolicyError && error.violations.length > 0) return explainViolations(error);
  if (isCoded(error)) {
    return { sentence: withCause(error), code: error.code, remedy: REMEDIES[error.code] };
  }
  const systemCode = systemCodeOf(error);
  if (error instanceof Error && systemCode !== undefined) {
    const remedy = 'Check the path, its permissions and the disk, and run the command again.';
    return { sentence: error.message, code: systemCode, remedy };
  }
  const sentence = error instanceof Error ? error.message : String(error);
  return { sentence, code: 'UNEXPECTED', remedy: REPORT_IT };
}

function explainViolations({ code, violations }: PolicyError): Explanation {
  const critical = violations.filter(({ severity }) => severity === 'CRITICAL');
  const remedies = new Set(critical.map(({ remedy }) => remedy));
  return {
    sentence: `The policy is violated: ${critical.map(({ details }) => details).join('; ')}`,
    code,
    remedy: `${capitalised([...remedies].join('; '))}.`,
  };
}

/** The message, and what lies behind it. Of the system's errors the code alone: their messages tell of files twice. */
function withCause({ message, cause }: CodedError): string {
  const sentence = withoutFullStop(message);
  const behind = isCoded(cause) ? withCause(cause) : systemCodeOf(cause);
  return behind === undefined || sentence.endsWith(behind) ? sentence : `${sentence}: ${behind}`;
}

function systemCodeOf(error: unknown): string | undefined {
  const isSystemError = error instanceof Error && 'syscall' in error && 'code' in error;
  return isSystemError ? String(error.code) : undefined;
}

function withoutFullStop(text: string): string {
  return text.replace(/\.$/, '');
}
