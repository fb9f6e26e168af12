// A second verifier, for the tests: the format page, section 7, read once more and written down as plainly as it goes.
// It holds everything in memory, is slow, and shares no code with the package.
import { createHmac, hkdfSync } from 'node:crypto';
import { type PlainCheckpoint, type PlainKey, readPlainCheckpoint, readPlainKey } from './plain-note.js';
import { type PlainRecord, readPlainRecord } from './plain-record.js';
import { PlainTree, perfectSubtrees, plainLeaf } from './plain-tree.js';

export interface PlainOptions {
  readonly secret?: string;
  readonly vkey?: string;
  readonly anchors?: readonly string[];
}

interface PlainDefect {
  readonly reason: string;
  readonly segment: string | null;
  readonly line: number | null;
  readonly seq: number | null;
}

export interface PlainVerdict {
  readonly status: string;
  readonly records: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly treeSize: number;
  readonly rootHash: string;
  readonly tail: number;
  readonly mac: string;
  readonly closed: boolean;
  readonly defects: readonly PlainDefect[];
}

const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest();

export function plainVerify(files: ReadonlyMap<string, Uint8Array>, options: PlainOptions): PlainVerdict {
  const defects: PlainDefect[] = [];
  const whole = (reason: string): void => void defects.push({ reason, segment: null, line: null, seq: null });

  // Identity and keys. The tests leave log.json as it is.
  const identity = JSON.parse(Buffer.from(files.get('log.json') as Uint8Array).toString()) as {
    origin: string;
    worker_id: string;
    vkey: string;
  };
  const givenKey = options.vkey === undefined ? undefined : readPlainKey(options.vkey);
  const key = (givenKey ?? readPlainKey(identity.vkey)) as PlainKey;
  const secrets: Buffer[] = [];
  if (options.secret !== undefined) {
    const root = hkdfSync('sha256', options.secret, 'vram-residency/audit/v1', identity.origin, 32);
    secrets.push(Buffer.from(root));
  }
  const macKey = (epoch: number): Buffer => {
    for (let j = secrets.length; j <= epoch; j++) {
      secrets.push(hmac(secrets[j - 1] as Buffer, 'vram-residency/audit/v1/next-epoch'));
    }
    return hmac(secrets[epoch] as Buffer, 'vram-residency/audit/v1/mac-key');
  };

  let tree = new PlainTree();
  let treeStart = 0;
  let expectedSeq: number | undefined;
  let previousLeaf: string | undefined;
  let epoch = 0;
  let afterMalformed = false;
  let macFailed = false;
  let coveredByRecords = 0;
  const records: { record: PlainRecord; position: number; validCheckpoint: boolean }[] = [];
  let lineAfterLastRecord = false;

  const names = [...files.keys()].filter((name) => /^segment-\d{20}\.ndjson$/.test(name)).sort();
  for (const segment of names) {
    const isNewest = segment === names.at(-1);
    const number = Number(segment.slice(8, 28));
    expectedSeq ??= number;
    // Step 1
    if (number !== expectedSeq) defects.push({ reason: 'MISSING_SEGMENT', segment, line: 1, seq: number });
    const lines = split(Buffer.from(files.get(segment) as Uint8Array));
    if (lines.complete.length === 0 && lines.rest.length === 0 && !isNewest) {
      defects.push({ reason: 'MISSING_SEGMENT', segment, line: 1, seq: number });
    }
    const malformed = (bytes: Buffer, line: number): void => {
      defects.push({ reason: 'MALFORMED_RECORD', segment, line, seq: expectedSeq as number });
      expectedSeq = (expectedSeq as number) + 1;
      previousLeaf = plainLeaf(bytes).toString('hex');
      tree.append(plainLeaf(bytes));
      afterMalformed = true;
      lineAfterLastRecord = true;
    };
    for (const [index, bytes] of lines.complete.entries()) {
      const line = index + 1;
      const record = readPlainRecord(bytes); // step 2
      const isFirst = records.length === 0;
      if (
        record === undefined ||
        (line === 1 && record.seq !== number) || // step 1
        (isFirst && record.seq === 0 && record.event_type !== 'log_opened') // step 3
      ) {
        malformed(bytes, line);
        continue;
      }
      const { seq } = record;
      const found = (reason: string): void => void defects.push({ reason, segment, line, seq });
      const frontier = frontierOf(record);
      // Step 3
      let startsHere = false;
      if (isFirst && seq > 0) {
        startsHere = frontier !== undefined && frontier.length === perfectSubtrees(seq).length;
        if (startsHere) {
          tree = PlainTree.from(seq, frontier as Buffer[]);
          treeStart = seq;
        } else found('FRONTIER_MISMATCH');
      }
      // Step 4
      const isGap = seq !== expectedSeq;
      if (isGap) found('SEQUENCE_GAP');
      const expectedPrev = previousLeaf ?? (seq === 0 ? '0'.repeat(64) : record.prev);
      if (!startsHere && record.prev !== expectedPrev) found('PREV_MISMATCH');
      // Step 5
      const before = records.at(-1)?.record;
      let determined = epoch;
      if (seq === 0) determined = 0;
      else if (before === undefined) determined = record.epoch;
      else {
        if (before.event_type === 'checkpoint') determined++;
        if (record.event_type === 'log_opened') determined++;
      }
      if (record.epoch < determined) found('EPOCH_REGRESSION');
      if (record.epoch > determined && !isGap && !afterMalformed) found('EPOCH_JUMP');
      epoch = Math.max(record.epoch, determined);
      // Step 6
      if (before !== undefined && record.timestamp < before.timestamp) found('TIMESTAMP_REGRESSION');
      // Step 7
      const isOpening = record.event_type === 'log_opened';
      if (
        record.worker_id !== identity.worker_id ||
        (isOpening && record.own.get('origin') !== identity.origin) ||
        (isOpening && record.own.get('vkey') !== identity.vkey) ||
        (isOpening && givenKey !== undefined && record.own.get('vkey') !== givenKey.text)
      ) {
        found('IDENTITY_MISMATCH');
      }
      // Step 8
      if (options.secret !== undefined) {
        const mac = hmac(macKey(record.epoch), bytes.subarray(0, -74)).toString('hex');
        if (mac !== record.mac) {
          found('MAC_MISMATCH');
          macFailed = true;
        }
      }
      // Step 9
      const mayOpen = line === 1 && number !== 0;
      if (record.event_type === 'segment_opened') {
        const own = tree.frontier().map((hash) => hash.toString('hex'));
        const same =
          frontier !== undefined && frontier.map((hash) => hash.toString('hex')).join() === own.join();
        if (!mayOpen || (!same && !(isFirst && seq > 0))) found('FRONTIER_MISMATCH');
      } else if (mayOpen && !(isFirst && seq > 0)) found('FRONTIER_MISMATCH');
      // Step 10
      let validCheckpoint = false;
      if (record.event_type === 'checkpoint') {
        const note = record.own.get('note');
        const checkpoint = typeof note === 'string' ? readPlainCheckpoint(note) : undefined;
        if (checkpoint?.origin !== identity.origin || !checkpoint.isSignedBy(key)) found('SIGNATURE_INVALID');
        else if (
          record.own.get('tree_size') !== seq ||
          checkpoint.size !== seq ||
          tree.size !== seq ||
          checkpoint.root !== tree.root().toString('hex')
        ) {
          found('CHECKPOINT_MISMATCH');
        } else validCheckpoint = true;
      }
      if (validCheckpoint) coveredByRecords = tree.size;
      records.push({ record, position: tree.size, validCheckpoint });
      expectedSeq = seq + 1;
      previousLeaf = plainLeaf(bytes).toString('hex');
      tree.append(plainLeaf(bytes));
      afterMalformed = false;
      lineAfterLastRecord = false;
    }
    if (lines.rest.length > 0) {
      const line = lines.complete.length + 1;
      if (isNewest) defects.push({ reason: 'TORN_TAIL', segment, line, seq: expectedSeq });
      else malformed(lines.rest, line);
    }
  }

  // At the end
  const first = records[0]?.record;
  const last = records.at(-1);
  if (records.length === 0) whole('NO_RECORDS');
  const anchors: PlainCheckpoint[] = [];
  const file = files.get('checkpoint');
  if (file !== undefined) {
    const checkpoint = readPlainCheckpoint(Buffer.from(file).toString());
    const isUtf8 = Buffer.from(Buffer.from(file).toString()).equals(file);
    if (isUtf8 && checkpoint?.origin === key.origin && checkpoint.isSignedBy(key)) anchors.push(checkpoint);
    else whole('CHECKPOINT_FILE_INVALID');
  }
  for (const text of options.anchors ?? []) anchors.push(readPlainCheckpoint(text) as PlainCheckpoint);
  let covered = coveredByRecords;
  for (const anchor of anchors) {
    const hasSize = anchor.size >= treeStart && anchor.size <= tree.size;
    if ((last === undefined ? 0 : last.record.seq + 1) < anchor.size) whole('ROLLED_BACK');
    else if (hasSize && tree.root(anchor.size).toString('hex') !== anchor.root) whole('FORKED');
    else if (anchor.size < (first?.seq ?? 0)) whole('ANCHOR_TOO_OLD');
    else if (hasSize) covered = Math.max(covered, anchor.size);
  }
  const firstSeq = first?.seq ?? 0;
  const isRecorded = records.some(
    ({ record, position }) =>
      record.event_type === 'segments_pruned' &&
      position < covered &&
      typeof record.own.get('last_seq') === 'number' &&
      (record.own.get('last_seq') as number) >= firstSeq - 1,
  );
  if (firstSeq > 0 && (givenKey === undefined || !isRecorded)) whole('UNRECORDED_PRUNING');
  let tail = tree.size - Math.max(covered, treeStart);
  const endsCovered = last?.validCheckpoint === true && !lineAfterLastRecord;
  if (endsCovered) tail = Math.max(0, tail - 1);
  const rootKeyAlone = options.secret !== undefined && givenKey === undefined;
  if (tail > 0 && !rootKeyAlone) whole('UNCOVERED_TAIL');
  if (options.secret === undefined && givenKey === undefined) whole('UNTRUSTED_KEY');

  const isClosing = records.findLastIndex(({ record, validCheckpoint }) => {
    return !validCheckpoint || record.event_type === 'log_closed';
  });
  const checked = options.secret !== undefined && records.length > 0;
  return {
    status: statusOf(defects.map(({ reason }) => reason)),
    records: records.length,
    firstSeq: first?.seq ?? null,
    lastSeq: last?.record.seq ?? null,
    treeSize: tree.size,
    rootHash: tree.root().toString('hex'),
    tail,
    mac: checked ? (macFailed ? 'failed' : 'verified') : 'not_checked',
    closed: !lineAfterLastRecord && records[isClosing]?.record.event_type === 'log_closed',
    defects,
  };
}

function statusOf(reasons: readonly string[]): string {
  const incomplete = [
    'NO_RECORDS',
    'TORN_TAIL',
    'UNCOVERED_TAIL',
    'UNTRUSTED_KEY',
    'UNRECORDED_PRUNING',
    'ANCHOR_TOO_OLD',
    'CHECKPOINT_FILE_INVALID',
  ];
  if (reasons.some((reason) => reason !== 'ROLLED_BACK' && !incomplete.includes(reason))) return 'tampered';
  if (reasons.includes('ROLLED_BACK')) return 'rolled_back';
  return reasons.length > 0 ? 'incomplete' : 'verified';
}

function split(bytes: Buffer): { complete: Buffer[]; rest: Buffer } {
  const complete: Buffer[] = [];
  let start = 0;
  for (let lf = bytes.indexOf(10); lf >= 0; lf = bytes.indexOf(10, start)) {
    complete.push(bytes.subarray(start, lf));
    start = lf + 1;
  }
  return { complete, rest: bytes.subarray(start) };
}

function frontierOf({ event_type, own }: PlainRecord): Buffer[] | undefined {
  const frontier = own.get('frontier');
  if (event_type !== 'segment_opened' || !Array.isArray(frontier)) return undefined;
  const isHash = (hash: unknown): hash is string => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  return frontier.every(isHash) ? (frontier as string[]).map((hash) => Buffer.from(hash, 'hex')) : undefined;
}
