import type { FileHandle } from 'node:fs/promises';
import { concatBytes } from '../bytes.js';
import { type LogEntry, query } from '../query/query.js';
import type { RecordFilter } from '../query/record-filter.js';
import type { LogSource } from '../source/log-source.js';
import type { VerificationResult } from '../verify/verification-result.js';
import { type VerifyOptions, verifyLog } from '../verify/verify-log.js';
import { nodeHashes } from './node-hashes.js';
import { writeAtomically } from './write-atomically.js';

const WRITE_BYTES = 1_048_576;
const LF = Uint8Array.of(0x0a);

export interface ExportRecordsOptions extends VerifyOptions {
  /** Default: all records. */
  readonly filter?: RecordFilter;
  /** What is written of a record, without its LF; default: its line, byte for byte. */
  readonly line?: (entry: LogEntry, verification: VerificationResult) => Uint8Array;
}

/** What an export came to. */
export interface RecordsExport {
  readonly verification: VerificationResult;
  /** Number of records written. */
  readonly records: number;
}

/**
 * Verifies a log and writes its records to a file, one on a line, whatever the verdict: an auditor wants to see the
 * records of a tampered log too. Lines that are no record are left out; the verdict then is `tampered`. Records that
 * come while the log is read are not verified and not written.
 *
 * @throws TypeError if a severity or a time of the filter is none; whatever `verifyLog` throws
 */
export async function exportRecords(
  source: LogSource,
  path: string,
  options: ExportRecordsOptions = {},
): Promise<RecordsExport> {
  const { filter = {}, line = ({ bytes }) => bytes, signal, hashes = nodeHashes } = options;
  const verification = await verifyLog(source, { ...options, hashes });
  const entries = query(source, { ...filter, ...(signal === undefined ? {} : { signal }) });
  let records = 0;
  await writeAtomically(path, async (file) => {
    const lines = new LineWriter(file);
    for await (const entry of entries) {
      if (entry.record.seq > (verification.lastSeq ?? -1)) break;
      await lines.write(line(entry, verification));
      records++;
    }
    await lines.flush();
  });
  return { verification, records };
}

/** Gathers lines, so that a system call writes many. */
class LineWriter {
  readonly #file: FileHandle;
  #parts: Uint8Array[] = [];
  #sizeBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(line: Uint8Array): Promise<void> {
    this.#parts.push(line, LF);
    this.#sizeBytes += line.length + 1;
    if (this.#sizeBytes >= WRITE_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    await this.#file.writeFile(concatBytes(...this.#parts));
    this.#parts = [];
    this.#sizeBytes = 0;
  }
}
