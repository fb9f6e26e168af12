import { type Anchors, allAnchors, judgeAnchor } from './anchors.js';
import { type DefectList, EXIT_CODES } from './defect-list.js';
import type { RecordVerifier } from './record-verifier.js';
import type { VerificationResult } from './verification-result.js';

/** Which keys came from outside the log. */
export interface Trust {
  readonly rootKey: boolean;
  readonly vkey: boolean;
}

/** What is judged once all records are read (format page, section 7, "At the end"). */
export function conclude(
  verifier: RecordVerifier,
  anchors: Anchors,
  trust: Trust,
  defects: DefectList,
): Omit<VerificationResult, 'origin' | 'segments' | 'engine'> {
  const { tally, tree } = verifier;
  const firstSeq = tally.first?.seq ?? null;
  if (tally.records === 0) defects.addWhole('NO_RECORDS', 'The log has no record');
  if (anchors.fileIsInvalid) {
    defects.addWhole('CHECKPOINT_FILE_INVALID', 'The file checkpoint carries no valid signature of the log');
  }
  const covered = Math.max(
    verifier.coveredSize,
    ...allAnchors(anchors).map((anchor) => judgeAnchor(anchor, verifier, defects)),
  );
  const { pruningPosition } = verifier;
  const pruningIsRecorded = trust.vkey && pruningPosition !== undefined && pruningPosition < covered;
  if ((firstSeq ?? 0) > 0 && !pruningIsRecorded) {
    defects.addWhole('UNRECORDED_PRUNING', 'Older records are gone, and nothing to be trusted says why');
  }
  const uncovered = tree.size - Math.max(covered, tree.startSize);
  const tail = Math.max(0, verifier.endsWithValidCheckpoint ? uncovered - 1 : uncovered);
  if (tail > 0 && !(trust.rootKey && !trust.vkey)) {
    defects.addWhole(
      'UNCOVERED_TAIL',
      `No checkpoint covers ${tail === 1 ? 'the last record' : `the last ${tail} records`}`,
    );
  }
  if (!trust.rootKey && !trust.vkey) {
    defects.addWhole('UNTRUSTED_KEY', 'The key is the log’s own word: give a verifier key or a root key');
  }
  return {
    status: defects.status,
    exitCode: EXIT_CODES[defects.status],
    records: tally.records,
    firstSeq,
    lastSeq: tally.last?.seq ?? null,
    firstTimestamp: tally.first?.timestamp ?? null,
    lastTimestamp: tally.last?.timestamp ?? null,
    checkpoints: tally.checkpoints,
    treeSize: tree.size,
    rootHash: tree.root(),
    closed: tally.closed,
    mac: macVerdict(verifier, trust),
    keySource: trust.vkey ? 'given' : 'log',
    tail,
    defects: defects.kept,
    defectCount: defects.count,
    events: tally.events.byName,
    otherEvents: tally.events.others,
  };
}

function macVerdict({ tally, macFailed }: RecordVerifier, trust: Trust): VerificationResult['mac'] {
  if (!trust.rootKey || tally.records === 0) return 'not_checked';
  return macFailed ? 'failed' : 'verified';
}
