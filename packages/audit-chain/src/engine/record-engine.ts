/**
 * Scans the lines of a log and hashes many of them in one call. It works on one batch of bytes at a time, which `scan`
 * hands over; all other methods speak of the lines of that batch.
 *
 * One implementation is here, in plain JavaScript; others have the same shape: the WebAssembly module of
 * `@vram-residency/seal-crypto` and the addon of `@vram-residency/cuda-backend`. What is given back as bytes or words may
 * be memory of the engine: it holds until the next `scan`, `merkleLevel` or `wipe`, MACs also until the next `macs`.
 */
export interface RecordEngine {
  /** Identifies the engine in reports, such as `wasm`. */
  readonly name: string;
  /** Most bytes of one batch. */
  readonly maxBatchBytes: number;
  /** Most lines of one batch, and most nodes of one `merkleLevel`. */
  readonly maxBatchRecords: number;

  /**
   * Checks the complete lines at the beginning of `bytes`, which must not change before the next `scan`.
   *
   * @throws RangeError for more than `maxBatchBytes`
   */
  scan(bytes: Uint8Array): RecordScan;

  /** The leaf hash of every line, 32 bytes each, well-formed or not. */
  leafHashes(): Uint8Array;

  /**
   * HMAC-SHA256 of the body of lines `first` to `first + count - 1`, 32 bytes each; of a line that is no record it says
   * nothing.
   *
   * @param key 32 bytes; the engine wipes what it makes of them before it returns
   * @throws RangeError for lines that are not there, or another length of the key
   */
  macs(key: Uint8Array, first: number, count: number): Uint8Array;

  /**
   * The first of lines `first` to `end - 1` that is no record, or states another hash than was computed: as `prev` the
   * leaf hash of the line before, of the last `leafHashes` (so `first` is at least 1); as `mac` its MAC of the last `macs`.
   * `end` if there is none.
   *
   * @throws RangeError for lines whose hashes were not computed
   */
  firstMismatch(stated: 'prev' | 'mac', first: number, end: number): number;

  /**
   * One level of an RFC 6962 tree: SHA-256 of 0x01 and each pair of nodes.
   *
   * @param nodes 32 bytes each, an even number of them
   * @throws RangeError for another length, or more than `maxBatchRecords`
   */
  merkleLevel(nodes: Uint8Array): Uint8Array;

  /** Overwrites what the engine was given and what it made of it; it then has an empty batch. */
  wipe(): void;
}

/** What a scan found. */
export interface RecordScan {
  /** Number of lines, well-formed or not. */
  readonly count: number;
  /** Bytes of those lines with their LFs; what follows begins a line, or lines for which the batch has no room. */
  readonly consumedBytes: number;
  /** `RECORD_WORDS` for each line, as {@link RecordTable} reads them. */
  readonly words: Uint32Array;
}
