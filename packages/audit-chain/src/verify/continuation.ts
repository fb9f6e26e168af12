import { fromHex } from '../bytes.js';
import { isOrigin } from '../identity.js';
import type { JsonValue } from '../json/profile.js';
import type { Checkpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import type { LogSource } from '../source/log-source.js';
import { judgeAnchor } from './anchors.js';
import type { DefectList } from './defect-list.js';
import type { RecordVerifier } from './record-verifier.js';

/**
 * What a log says that it continues: the last checkpoint of the log before. It is this log's word, as good as its own
 * verification: verify both, the older with this as one of its `successors`.
 *
 * @returns `undefined` if it continues none, or if record 0 was pruned
 */
export async function readContinuation(source: LogSource): Promise<Checkpoint | undefined> {
  const [first] = await source.segments();
  if (first?.firstSeq !== 0) return undefined;
  const lines = new LineReader();
  for await (const chunk of first.read()) {
    for (const { bytes } of lines.push(chunk)) {
      const record = bytes && decodeRecord(bytes).record;
      return record?.eventType === 'log_opened' ? continuationOf(record.members['continues']) : undefined;
    }
  }
  return undefined;
}

function continuationOf(value: JsonValue | undefined): Checkpoint | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { origin, tree_size: treeSize, root_hash: root } = value as Readonly<Record<string, JsonValue>>;
  const rootHash = typeof root === 'string' ? fromHex(root, 32) : undefined;
  if (typeof origin !== 'string' || !isOrigin(origin) || typeof treeSize !== 'number' || treeSize < 0) {
    return undefined;
  }
  return rootHash && { origin, treeSize, rootHash };
}

/**
 * Compares a log with what later logs say that they continue. Such a statement is judged as an anchor, but covers nothing:
 * it has no signature of this log.
 */
export function judgeSuccessors(
  successors: readonly Checkpoint[],
  origin: string | undefined,
  verifier: RecordVerifier,
  defects: DefectList,
): void {
  for (const successor of successors) {
    if (successor.origin !== origin) {
      defects.addWhole('IDENTITY_MISMATCH', 'The later log continues another log than this');
      continue;
    }
    judgeAnchor(successor, verifier, defects);
    if (verifier.coveredSize > successor.treeSize) {
      defects.addWhole(
        'FORKED',
        `The log goes on after the ${successor.treeSize} records that a later log continues`,
      );
    }
  }
  if (successors.length > 1) defects.addWhole('FORKED', 'More than one log continues this one');
}
