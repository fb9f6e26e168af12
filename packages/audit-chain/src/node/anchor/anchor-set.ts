import { AuditError } from '../../errors.js';
import type { Anchored } from '../../event/audit-event.js';
import { formatVerifierKey, type VerifierKey } from '../../keys/verifier-key.js';
import type { CompactTree } from '../../merkle/compact-tree.js';
import type { Checkpoint } from '../../note/checkpoint.js';
import { GrowingConsistencyProof } from '../../proof/growing-consistency-proof.js';
import { proveConsistency } from '../../proof/prove.js';
import { nodeHashes } from '../node-hashes.js';
import { openLog } from '../open-log.js';
import type { Anchor, PublishedCheckpoint } from './anchor.js';
import { AnchorDelivery } from './anchor-delivery.js';
import { AnchorWaiters } from './anchor-waiters.js';

/** A note carries at most 100 signatures, one of them the log's own. */
const MAX_ANCHORS = 99;
/** Most older trees whose proofs are kept up; what an anchor asks for beyond them is read from the log. */
const MAX_GROWING = 8;
/** Time that all anchors together have at close. */
const CLOSE_TIMEOUT_MS = 5000;

export interface AnchorSetParts {
  readonly directory: string;
  readonly verifierKey: VerifierKey;
  readonly onError: (error: AuditError) => void;
}

/** All anchors of a log that is being written. Nothing here makes the writer wait. */
export class AnchorSet {
  readonly #parts: AnchorSetParts;
  readonly #deliveries: readonly AnchorDelivery[];
  readonly #waiters = new AnchorWaiters<Anchored>();
  /** Proofs from the trees that anchors know, or will once they have what is on its way. */
  #growing: GrowingConsistencyProof[] = [];
  #paths: ReadonlyMap<number, readonly Uint8Array[]> = new Map();
  #onCosigned: (treeSize: number, signatureLines: string) => void = () => undefined;
  #end: AuditError | undefined;

  /** @throws RangeError for more anchors than a note has room for */
  constructor(anchors: readonly Anchor[], parts: AnchorSetParts) {
    if (anchors.length > MAX_ANCHORS) {
      throw new RangeError(`Expected at most ${MAX_ANCHORS} anchors but received ${anchors.length}`);
    }
    this.#parts = parts;
    this.#deliveries = anchors.map(
      (anchor) =>
        new AnchorDelivery(anchor, {
          delivered: ({ treeSize }, lines) => this.#delivered(treeSize, lines),
          failed: ({ treeSize }, error) => this.#failed(treeSize, error),
        }),
    );
  }

  /** @param onCosigned gets signature lines for the checkpoint of that size */
  listen(onCosigned: (treeSize: number, signatureLines: string) => void): void {
    this.#onCosigned = onCosigned;
  }

  /** Every leaf of the log passes here, from the first {@link mark} on. */
  append(leaves: readonly Uint8Array[]): void {
    for (const growing of this.#growing) for (const leaf of leaves) growing.append(leaf);
  }

  /** A checkpoint over this tree is about to be signed; its own record comes after. */
  mark(tree: CompactTree): void {
    if (this.#deliveries.length === 0) return;
    const needed = new Set(this.#deliveries.flatMap(({ sizes }) => sizes));
    this.#growing = this.#growing.filter(({ olderSize }) => needed.has(olderSize)).slice(1 - MAX_GROWING);
    this.#paths = new Map(this.#growing.map((growing) => [growing.olderSize, growing.path()]));
    this.#growing.push(new GrowingConsistencyProof(nodeHashes, tree));
  }

  /** The checkpoint that was marked is signed and durable: it goes to all anchors. */
  publish(checkpoint: Checkpoint, note: string): void {
    this.#waiters.seal();
    const paths = this.#paths;
    const published: PublishedCheckpoint = {
      ...checkpoint,
      note,
      proveFrom: async (olderSize, signal) => {
        if (olderSize === 0 || olderSize === checkpoint.treeSize) return [];
        return paths.get(olderSize) ?? (await this.#readProof(olderSize, note, signal));
      },
    };
    for (const delivery of this.#deliveries) delivery.offer(published);
  }

  /**
   * Resolves once a checkpoint that covers the record is held by every anchor that is required, or where none is, by one
   * of the others.
   */
  async reached(seq: number): Promise<Anchored> {
    if (this.#deliveries.length === 0) throw new AuditError('NOT_ANCHORED', 'The log has no anchor');
    if (seq < this.#anchoredSize) return this.#anchored();
    const verdict = this.#end ?? this.#verdict;
    if (verdict !== undefined) throw verdict;
    return this.#waiters.join(seq);
  }

  /** Gives the anchors a last time, a bounded one. */
  async close(): Promise<void> {
    const late = new AbortController();
    const noAnswer = new AuditError('ANCHOR_FAILED', `No answer within ${CLOSE_TIMEOUT_MS} ms of closing`);
    const timer = setTimeout(() => late.abort(noAnswer), CLOSE_TIMEOUT_MS);
    await Promise.all(this.#deliveries.map((delivery) => delivery.finish(late.signal)));
    clearTimeout(timer);
    this.rejectWaiting(new AuditError('NOT_ANCHORED', 'The log was closed before an anchor had the record'));
    this.end();
  }

  /** No record is anchored any more that is not by now. */
  rejectWaiting(error: AuditError): void {
    this.#end ??= error;
    this.#waiters.reject(Number.POSITIVE_INFINITY, this.#end);
  }

  /** Makes no further attempt. */
  end(): void {
    for (const delivery of this.#deliveries) delivery.end();
  }

  get #required(): readonly AnchorDelivery[] {
    return this.#deliveries.filter(({ anchor }) => anchor.onFailure === 'require');
  }

  /** Size up to which records are anchored. */
  get #anchoredSize(): number {
    const required = this.#required;
    const sizes = (required.length > 0 ? required : this.#deliveries).map((one) => one.deliveredSize);
    return required.length > 0 ? Math.min(...sizes) : Math.max(...sizes);
  }

  #anchored(): Anchored {
    const treeSize = this.#anchoredSize;
    const holders = this.#deliveries.filter(({ deliveredSize }) => deliveredSize >= treeSize);
    return { treeSize, anchors: holders.map(({ anchor }) => anchor.name) };
  }

  #delivered(treeSize: number, signatureLines: string): void {
    if (signatureLines !== '') this.#onCosigned(treeSize, signatureLines);
    this.#waiters.resolve(this.#anchoredSize, this.#anchored());
  }

  #failed(treeSize: number, error: AuditError): void {
    if (this.#end === undefined) this.#parts.onError(error);
    const verdict = this.#verdict;
    if (verdict !== undefined) this.#waiters.reject(treeSize, verdict);
  }

  /** Why no record is anchored now: what a required anchor says, or where none is required the last of all. */
  get #verdict(): AuditError | undefined {
    const required = this.#required;
    const verdicts = (required.length > 0 ? required : this.#deliveries).map((one) => one.verdict);
    if (required.length > 0) return verdicts.find((verdict) => verdict !== undefined);
    return verdicts.every((verdict) => verdict !== undefined) ? verdicts.at(-1) : undefined;
  }

  async #readProof(
    olderSize: number,
    checkpoint: string,
    signal: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    const { directory, verifierKey } = this.#parts;
    const vkey = formatVerifierKey(verifierKey);
    const options = { checkpoint, vkey, hashes: nodeHashes, signal };
    return (await proveConsistency(await openLog(directory), olderSize, options)).path;
  }
}
