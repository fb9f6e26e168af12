import type { DefectReason, VerificationResult } from '@vram-residency/audit-chain';

/** A verification for people: sentences, the most important first. */
export interface Verdict {
  readonly status: VerificationResult['status'];
  /** One word or two. */
  readonly headline: string;
  /** What it means. */
  readonly meaning: string;
  /** What to do next. */
  readonly advice: string;
  /** What was checked, and by which proof. */
  readonly checked: readonly string[];
  /** What was not checked, and why. */
  readonly unchecked: readonly string[];
}

const WORDS = {
  verified: [
    'Verified',
    'No record was changed, removed, inserted or reordered.',
    'Keep the newest checkpoint elsewhere: at the next visit it shows whether records at the end were removed.',
  ],
  tampered: [
    'Tampered',
    'This is not what the worker wrote.',
    'Keep the files as they are, do not rely on the records, and compare with another copy of the log.',
  ],
  rolled_back: [
    'Rolled back',
    'Records at the end are gone: a checkpoint knows of them.',
    'Find the newer copy of the log, and ask who restored the older one.',
  ],
  incomplete: [
    'Not fully checked',
    'Nothing wrong was found, but not everything could be checked.',
    'Give what is named below, and check again.',
  ],
} as const;

/** Reasons that say what could not be checked, not what is wrong. */
const GAPS: Partial<Record<DefectReason, string>> = {
  UNTRUSTED_KEY:
    'Who wrote the log: the key came with the log itself. Give the verifier key (vkey) or the root key that you got from someone you trust.',
  UNCOVERED_TAIL: 'The newest records: no signed checkpoint covers them yet. The root key checks them too.',
  TORN_TAIL: 'The last line: it was not written to its end, as after a crash.',
  NO_RECORDS: 'Anything: there is no record.',
  UNRECORDED_PRUNING: 'The oldest records: they are gone, and no record that can be trusted says why.',
  ANCHOR_TOO_OLD: 'The checkpoint that was kept elsewhere: it is older than the first record that is left.',
  CHECKPOINT_FILE_INVALID: 'The file checkpoint: it carries no valid signature of the log.',
};

/** What was given beside the log. */
export interface GivenTrust {
  readonly vkey: boolean;
  readonly rootKey: boolean;
  readonly anchors: number;
}

/** Puts a verification into words. Nothing of the log's own text is in them. */
export function describeVerdict(result: VerificationResult, given: GivenTrust): Verdict {
  const { status, defects } = result;
  const [headline, meaning, advice] = WORDS[status];
  const gaps = [...new Set(defects.map(({ reason }) => reason))].flatMap((reason) => GAPS[reason] ?? []);
  return {
    status,
    headline,
    meaning,
    advice,
    checked: checkedSentences(result, given),
    unchecked: [...gaps, ...standingGaps(result, given)],
  };
}

/** Whether a defect says that something is wrong, and not that something could not be checked. */
export function isWrong(reason: DefectReason): boolean {
  return GAPS[reason] === undefined;
}

function checkedSentences(result: VerificationResult, given: GivenTrust): string[] {
  const { records, segments, checkpoints, mac, keySource } = result;
  const signed =
    keySource === 'given' ? 'the verifier key that you gave' : 'the key that the log itself names';
  return [
    `${counted(records, 'record')} in ${counted(segments, 'segment file')}: each line, its place in the chain of hashes, and the Merkle tree over them.`,
    `${counted(checkpoints, 'signed checkpoint')} against ${signed}.`,
    ...(mac === 'verified' ? ['The MAC of every record, with the root key that you gave.'] : []),
    ...(mac === 'failed'
      ? ['The MAC of every record, with the root key that you gave: not all are right.']
      : []),
    ...(given.anchors > 0
      ? [`${counted(given.anchors, 'checkpoint')} that you kept elsewhere, compared with the records.`]
      : []),
  ];
}

function standingGaps(result: VerificationResult, given: GivenTrust): string[] {
  return [
    ...(result.mac === 'not_checked' ? ['MACs: that needs the root key of the log.'] : []),
    ...(given.anchors === 0
      ? [
          'Whether the newest records were removed together with the file checkpoint: that needs a checkpoint that was kept elsewhere.',
        ]
      : []),
    ...(result.closed
      ? []
      : ['How the worker ended: the log was not closed in order, or is still being written.']),
    'Whether events were left out by the worker itself, and whether its clock was right: no log can show that.',
  ];
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
