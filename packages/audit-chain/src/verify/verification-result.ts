import { toHex } from '../bytes.js';
import type { Defect } from './defect.js';
import type { VerificationStatus } from './defect-list.js';

/** What verifying a log came to. */
export interface VerificationResult {
  readonly status: VerificationStatus;
  /** 0 verified, 10 tampered, 11 incomplete, 12 rolled back. */
  readonly exitCode: number;
  readonly origin: string | null;
  /** Well-formed records read. */
  readonly records: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly segments: number;
  /** Checkpoint records, valid or not. */
  readonly checkpoints: number;
  /** Number of leaves of the tree over the lines that are there and those behind the first frontier. */
  readonly treeSize: number;
  /** 32 bytes. */
  readonly rootHash: Uint8Array;
  /** Whether the log ends with an orderly close. */
  readonly closed: boolean;
  readonly mac: 'verified' | 'failed' | 'not_checked';
  /** Where the key that checkpoints were judged by came from. */
  readonly keySource: 'given' | 'log';
  /** Number of lines at the end that no checkpoint and no anchor covers. */
  readonly tail: number;
  /** The first thousand. */
  readonly defects: readonly Defect[];
  readonly defectCount: number;
  /** Name of the record engine that scanned and hashed the records. */
  readonly engine: string;
  /** Number of records of each type; of the first 4096 types. */
  readonly events: Readonly<Record<string, number>>;
  /** Number of records of all further types. */
  readonly otherEvents: number;
}

/** The document that `audit-chain verify --json` prints. */
export interface VerificationJson {
  readonly status: VerificationStatus;
  readonly exit_code: number;
  readonly origin: string | null;
  readonly records: number;
  readonly first_seq: number | null;
  readonly last_seq: number | null;
  readonly segments: number;
  readonly checkpoints: number;
  readonly tree_size: number;
  readonly root_hash: string;
  readonly closed: boolean;
  readonly mac: VerificationResult['mac'];
  readonly key_source: VerificationResult['keySource'];
  readonly tail: number;
  readonly defects: readonly Defect[];
  readonly events: Readonly<Record<string, number>>;
}

export function toJson(result: VerificationResult): VerificationJson {
  return {
    status: result.status,
    exit_code: result.exitCode,
    origin: result.origin,
    records: result.records,
    first_seq: result.firstSeq,
    last_seq: result.lastSeq,
    segments: result.segments,
    checkpoints: result.checkpoints,
    tree_size: result.treeSize,
    root_hash: toHex(result.rootHash),
    closed: result.closed,
    mac: result.mac,
    key_source: result.keySource,
    tail: result.tail,
    defects: result.defects,
    events: result.events,
  };
}
