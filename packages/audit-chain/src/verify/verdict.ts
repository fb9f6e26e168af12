/** Everything a verifier may find (format page, section 7). */
export type DefectReason =
  | 'MISSING_SEGMENT'
  | 'MALFORMED_RECORD'
  | 'SEQUENCE_GAP'
  | 'PREV_MISMATCH'
  | 'EPOCH_REGRESSION'
  | 'EPOCH_JUMP'
  | 'TIMESTAMP_REGRESSION'
  | 'IDENTITY_MISMATCH'
  | 'MAC_MISMATCH'
  | 'FRONTIER_MISMATCH'
  | 'SIGNATURE_INVALID'
  | 'CHECKPOINT_MISMATCH'
  | 'FORKED'
  | 'ROLLED_BACK'
  | 'NO_RECORDS'
  | 'TORN_TAIL'
  | 'UNCOVERED_TAIL'
  | 'UNTRUSTED_KEY'
  | 'UNRECORDED_PRUNING'
  | 'ANCHOR_TOO_OLD'
  | 'CHECKPOINT_FILE_INVALID';

/** What was found, and where. Place and `seq` are `null` where the whole log is meant. */
export interface Defect {
  readonly reason: DefectReason;
  /** Name of the segment's file. */
  readonly segment: string | null;
  /** Counts from 1. */
  readonly line: number | null;
  readonly seq: number | null;
  /** One sentence; holds nothing of the log's own text. */
  readonly detail: string;
}

export type VerificationStatus = 'verified' | 'tampered' | 'rolled_back' | 'incomplete';

/** Exit codes of the command line. */
export const EXIT_CODES: Readonly<Record<VerificationStatus, number>> = {
  verified: 0,
  tampered: 10,
  incomplete: 11,
  rolled_back: 12,
};

/** Nothing is wrong, but not all could be checked. */
const INCOMPLETE: ReadonlySet<DefectReason> = new Set([
  'NO_RECORDS',
  'TORN_TAIL',
  'UNCOVERED_TAIL',
  'UNTRUSTED_KEY',
  'UNRECORDED_PRUNING',
  'ANCHOR_TOO_OLD',
  'CHECKPOINT_FILE_INVALID',
]);

const MAX_KEPT_DEFECTS = 1000;

/** Collects defects; keeps the first thousand and counts the rest, so that no log can fill the memory. */
export class DefectList {
  readonly kept: Defect[] = [];
  #count = 0;
  #status: VerificationStatus = 'verified';

  get count(): number {
    return this.#count;
  }

  /** The worst so far: tampered, then rolled back, then incomplete. */
  get status(): VerificationStatus {
    return this.#status;
  }

  add(defect: Defect): void {
    this.#count++;
    if (this.kept.length < MAX_KEPT_DEFECTS) this.kept.push(defect);
    if (defect.reason === 'ROLLED_BACK') {
      if (this.#status !== 'tampered') this.#status = 'rolled_back';
    } else if (!INCOMPLETE.has(defect.reason)) {
      this.#status = 'tampered';
    } else if (this.#status === 'verified') {
      this.#status = 'incomplete';
    }
  }

  addWhole(reason: DefectReason, detail: string): void {
    this.add({ reason, segment: null, line: null, seq: null, detail });
  }
}
