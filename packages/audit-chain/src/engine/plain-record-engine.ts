import { toHex } from '../bytes.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { leafHash, nodeHash } from '../hash/tree-hashes.js';
import { decodeRecord } from '../record/decode.js';
import { recordBody } from '../record/encode.js';
import { type LogRecord, MAC_SUFFIX_BYTES, SEVERITIES } from '../record/record.js';
import type { RecordEngine, RecordScan } from './record-engine.js';
import { RECORD_WORD, RECORD_WORDS } from './record-table.js';

const LF = 0x0a;
const HASH_BYTES = 32;
const MALFORMED = 6;
const HIGH_WORD = 2 ** 32;

/** `"}` after the last hex digit of the MAC, and `","mac":"` between those of `prev` and it. */
const MAC_FROM_END = 2 * HASH_BYTES + '"}'.length;
const PREV_FROM_END = MAC_SUFFIX_BYTES + '"'.length + 2 * HASH_BYTES;

/**
 * The reference: JSON.parse and the rules of the format page for each line, and one hash after another.
 *
 * @param hashes where SHA-256 comes from
 */
export function plainRecordEngine(hashes: HashProvider = nobleHashes): RecordEngine {
  return new PlainRecordEngine(hashes);
}

class PlainRecordEngine implements RecordEngine {
  readonly name: string;
  readonly maxBatchBytes = 4_194_304;
  readonly maxBatchRecords = 16_384;
  readonly #hashes: HashProvider;
  #lines: readonly Uint8Array[] = [];
  #records: readonly (LogRecord | undefined)[] = [];
  #leaves: Uint8Array = new Uint8Array(0);
  #macs: Uint8Array = new Uint8Array(0);
  #firstMac = 0;

  constructor(hashes: HashProvider) {
    this.name = `plain (${hashes.name})`;
    this.#hashes = hashes;
  }

  scan(bytes: Uint8Array): RecordScan {
    if (bytes.length > this.maxBatchBytes) {
      throw new RangeError(`Expected at most ${this.maxBatchBytes} bytes but received ${bytes.length}`);
    }
    this.wipe();
    const lines: Uint8Array[] = [];
    let consumedBytes = 0;
    while (lines.length < this.maxBatchRecords) {
      const end = bytes.indexOf(LF, consumedBytes);
      if (end < 0) break;
      lines.push(bytes.subarray(consumedBytes, end));
      consumedBytes = end + 1;
    }
    this.#lines = lines;
    this.#records = lines.map((line) => decodeRecord(line).record);
    const words = new Uint32Array(lines.length * RECORD_WORDS);
    for (const [i, line] of lines.entries()) {
      const row = words.subarray(i * RECORD_WORDS, (i + 1) * RECORD_WORDS);
      writeRow(row, line.byteOffset - bytes.byteOffset, line.length, this.#records[i]);
    }
    return { count: lines.length, consumedBytes, words };
  }

  leafHashes(): Uint8Array {
    this.#leaves = this.#each(this.#lines, (line) => leafHash(this.#hashes, line));
    return this.#leaves;
  }

  macs(key: Uint8Array, first: number, count: number): Uint8Array {
    if (key.length !== HASH_BYTES) throw new RangeError(`Expected a key of ${HASH_BYTES} bytes`);
    checkLines(first, first + count, 0, this.#lines.length);
    const prepared = this.#hashes.macKey(key);
    try {
      const lines = this.#lines.slice(first, first + count);
      this.#macs = this.#each(lines, (line) => prepared.mac(recordBody(line)));
    } finally {
      prepared.destroy();
    }
    this.#firstMac = first;
    return this.#macs;
  }

  firstMismatch(stated: 'prev' | 'mac', first: number, end: number): number {
    const table = stated === 'prev' ? this.#leaves : this.#macs;
    const start = stated === 'prev' ? 1 : this.#firstMac;
    checkLines(first, end, start, Math.min(this.#lines.length, start + table.length / HASH_BYTES));
    for (let i = first; i < end; i++) {
      const at = (i - start) * HASH_BYTES;
      if (this.#records[i]?.[stated] !== toHex(table.subarray(at, at + HASH_BYTES))) return i;
    }
    return end;
  }

  merkleLevel(nodes: Uint8Array): Uint8Array {
    if (nodes.length % (2 * HASH_BYTES) !== 0 || nodes.length > this.maxBatchRecords * HASH_BYTES) {
      throw new RangeError('Expected pairs of nodes, as many as a batch has records at most');
    }
    const pairs = Array.from({ length: nodes.length / (2 * HASH_BYTES) }, (_, i) =>
      nodes.subarray(i * 2 * HASH_BYTES, (i + 1) * 2 * HASH_BYTES),
    );
    return this.#each(pairs, (pair) =>
      nodeHash(this.#hashes, pair.subarray(0, HASH_BYTES), pair.subarray(HASH_BYTES)),
    );
  }

  wipe(): void {
    this.#lines = [];
    this.#records = [];
    this.#leaves = new Uint8Array(0);
    this.#macs = new Uint8Array(0);
    this.#firstMac = 0;
  }

  #each(parts: readonly Uint8Array[], hash: (part: Uint8Array) => Uint8Array): Uint8Array {
    const all = new Uint8Array(parts.length * HASH_BYTES);
    for (const [i, part] of parts.entries()) all.set(hash(part), i * HASH_BYTES);
    return all;
  }
}

/** @throws RangeError unless lines `first` to `end - 1` lie in `least` to `most - 1` */
function checkLines(first: number, end: number, least: number, most: number): void {
  if (!Number.isInteger(first) || !Number.isInteger(end) || first < least || end < first || end > most) {
    throw new RangeError(`Expected lines from ${least} to ${most}`);
  }
}

function writeRow(row: Uint32Array, at: number, length: number, record: LogRecord | undefined): void {
  row[RECORD_WORD.LINE] = at;
  row[RECORD_WORD.LINE_BYTES] = length;
  if (record === undefined) {
    row[RECORD_WORD.STATUS] = MALFORMED;
    return;
  }
  const { seq, timestamp, epoch, eventType, workerId, severity } = record;
  const timestampAt = at + `{"seq":${seq},"timestamp":"`.length;
  const eventTypeAt = timestampAt + timestamp.length + '","event_type":"'.length;
  const severityAt = eventTypeAt + eventType.length + '","severity":"'.length;
  row.set([seq % HIGH_WORD, Math.floor(seq / HIGH_WORD)], RECORD_WORD.SEQ);
  row.set([epoch % HIGH_WORD, Math.floor(epoch / HIGH_WORD)], RECORD_WORD.EPOCH);
  row.set([eventTypeAt, eventType.length], RECORD_WORD.EVENT_TYPE);
  row.set([severityAt + severity.length + '","worker_id":"'.length, workerId.length], RECORD_WORD.WORKER_ID);
  row[RECORD_WORD.TIMESTAMP] = timestampAt;
  row[RECORD_WORD.PREV] = at + length - PREV_FROM_END;
  row[RECORD_WORD.MAC] = at + length - MAC_FROM_END;
  row[RECORD_WORD.SEVERITY] = SEVERITIES.indexOf(severity);
}
