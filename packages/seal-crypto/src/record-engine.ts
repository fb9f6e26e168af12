/**
 * Scans the lines of an audit log and hashes many of them in one call: `RecordEngine` of `@vram-residency/audit-chain`,
 * which says what each method does. It stands here too, for neither package imports the other.
 */
export interface RecordEngine {
  readonly name: string;
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  scan(bytes: Uint8Array): RecordScan;
  leafHashes(): Uint8Array;
  macs(key: Uint8Array, first: number, count: number): Uint8Array;
  firstMismatch(stated: 'prev' | 'mac', first: number, end: number): number;
  merkleLevel(nodes: Uint8Array): Uint8Array;
  wipe(): void;
}

/** What a scan found; 16 words for each line. */
export interface RecordScan {
  readonly count: number;
  readonly consumedBytes: number;
  readonly words: Uint32Array;
}
