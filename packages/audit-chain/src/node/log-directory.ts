import { AuditError } from '../errors.js';
import { isOrigin, isWorkerId, LOG_FORMAT, type LogIdentity } from '../identity.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import { parseSegmentName, type SegmentName } from '../segment-name.js';
import { IDENTITY_FILE, inOrder } from '../source/log-source.js';
import { isTimestamp } from '../timestamp.js';
import { type FileTask, readDirectory, readFile } from './file-operation.js';

const MAX_IDENTITY_BYTES = 65_536;

/** A segment in the log's directory. */
export interface StoredSegment extends SegmentName {
  readonly name: string;
}

/** All files of segments in `directory`, ascending. */
export function* listStoredSegments(directory: string): FileTask<readonly StoredSegment[]> {
  const names = yield* readDirectory(directory);
  return names
    .flatMap((name) => {
      const parsed = parseSegmentName(name);
      return parsed === undefined ? [] : [{ name, ...parsed }];
    })
    .sort((a, b) => a.firstSeq - b.firstSeq);
}

/** The segments in `directory`, ascending; of one that is there both plain and compressed the plain one. */
export function* listSegments(directory: string): FileTask<readonly StoredSegment[]> {
  return inOrder(yield* listStoredSegments(directory));
}

/**
 * Reads log.json; `undefined` if there is none.
 *
 * @throws {@link AuditError} `UNKNOWN_FORMAT`, `LOG_DAMAGED`
 */
export function* readIdentity(directory: string): FileTask<LogIdentity | undefined> {
  const content = yield* readFile(`${directory}/${IDENTITY_FILE}`, MAX_IDENTITY_BYTES);
  if (content === undefined) return undefined;
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content.bytes));
  } catch {
    throw new AuditError('LOG_DAMAGED', `${IDENTITY_FILE} is not JSON`);
  }
  const { format, origin, worker_id: workerId, created_at: createdAt, vkey } = value ?? {};
  if (typeof format === 'string' && format !== LOG_FORMAT) {
    throw new AuditError('UNKNOWN_FORMAT', `${IDENTITY_FILE} has another format than ${LOG_FORMAT}`);
  }
  if (
    format !== LOG_FORMAT ||
    typeof origin !== 'string' ||
    typeof workerId !== 'string' ||
    typeof createdAt !== 'string' ||
    typeof vkey !== 'string' ||
    !isOrigin(origin) ||
    !isWorkerId(workerId) ||
    !isTimestamp(createdAt) ||
    !isKeyOf(vkey, origin)
  ) {
    throw new AuditError('LOG_DAMAGED', `${IDENTITY_FILE} is malformed`);
  }
  return { origin, workerId, createdAt, vkey };
}

function isKeyOf(vkey: string, origin: string): boolean {
  try {
    return parseVerifierKey(vkey).origin === origin;
  } catch {
    return false;
  }
}
