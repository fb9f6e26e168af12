import type { Defect, DefectReason } from './defect.js';

export type VerificationStatus = 'verified' | 'tampered' | 'rolled_back' | 'incomplete';

/** Exit codes of the command line. */
export const EXIT_CODES: Readonly<Record<VerificationStatus, number>> = {
  verified: 0,
  tampered: 10,
  incomplete: 11,
  rolled_back: 12,
};

/** The worst first, as one log's status and as the exit code over several logs. */
const WORST_FIRST: readonly VerificationStatus[] = ['tampered', 'rolled_back', 'incomplete', 'verified'];

/** Reasons that leave nothing wrong, but not all checked. */
const INCOMPLETE: ReadonlySet<DefectReason> = new Set([
  'NO_RECORDS',
  'TORN_TAIL',
  'UNCOVERED_TAIL',
  'UNTRUSTED_KEY',
  'UNRECORDED_PRUNING',
  'ANCHOR_TOO_OLD',
  'CHECKPOINT_FILE_INVALID',
]);

/** Most defects that are kept; the others are counted, so that no log can fill the memory. */
export const MAX_KEPT_DEFECTS = 1000;

/** Collects defects and judges them. */
export class DefectList {
  readonly kept: Defect[] = [];
  #count = 0;
  #status: VerificationStatus = 'verified';

  get count(): number {
    return this.#count;
  }

  /** That of the worst defect so far. */
  get status(): VerificationStatus {
    return this.#status;
  }

  add(defect: Defect): void {
    this.#count++;
    if (this.kept.length < MAX_KEPT_DEFECTS) this.kept.push(defect);
    const status = statusOf(defect.reason);
    if (WORST_FIRST.indexOf(status) < WORST_FIRST.indexOf(this.#status)) this.#status = status;
  }

  /** A defect of the log as a whole. */
  addWhole(reason: DefectReason, detail: string): void {
    this.add({ reason, segment: null, line: null, seq: null, detail });
  }
}

function statusOf(reason: DefectReason): VerificationStatus {
  if (reason === 'ROLLED_BACK') return 'rolled_back';
  return INCOMPLETE.has(reason) ? 'incomplete' : 'tampered';
}
