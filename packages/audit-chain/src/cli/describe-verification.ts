import { counted } from '../counted.js';
import type { VerificationResult } from '../verify/verification-result.js';
import { visible } from '../visible.js';

/** What each status means, in one sentence for people. */
const VERDICTS = {
  verified: 'VERIFIED: nothing was changed, removed or added.',
  tampered:
    'TAMPERED: this is not what the worker wrote. Keep the files as they are and compare with another copy.',
  rolled_back: 'ROLLED BACK: records at the end are gone that a checkpoint knows of. Find the newer copy.',
  incomplete: 'INCOMPLETE: nothing wrong was found, but not everything could be checked.',
} as const;

/** What verifying a log came to, for people. */
export function describeVerification(log: string, result: VerificationResult): string {
  const { records, firstTimestamp, lastTimestamp, segments, checkpoints } = result;
  const lines = [
    `${visible(log)}: ${VERDICTS[result.status]}`,
    `  ${counted(records, 'record')} from ${firstTimestamp ?? 'never'} to ${lastTimestamp ?? 'never'}, ` +
      `${counted(segments, 'segment')}, ${counted(checkpoints, 'checkpoint')}`,
    `  origin ${visible(result.origin ?? 'unknown')}; checkpoint key ${result.keySource === 'given' ? 'given' : 'from the log itself'}; ` +
      `MACs ${result.mac.replace('_', ' ')}; ${result.closed ? 'closed in order' : 'not closed'}`,
    ...result.defects.map(({ reason, segment, line, detail }) => {
      const place = segment === null ? '' : ` ${visible(segment)}:${line}`;
      return `  ${reason}${place}: ${detail}`;
    }),
  ];
  if (hasNoRightMac(result)) {
    lines.push('  No MAC is right: perhaps the root key or the secret is that of another log');
  }
  const more = result.defectCount - result.defects.length;
  if (more > 0) lines.push(`  and ${counted(more, 'more defect')}`);
  return `${lines.join('\n')}\n`;
}

function hasNoRightMac({ defects, defectCount, records }: VerificationResult): boolean {
  return records > 0 && defectCount >= records && defects.every(({ reason }) => reason === 'MAC_MISMATCH');
}
