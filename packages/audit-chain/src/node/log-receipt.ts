import type { Anchored, AnchoredReceipt, Receipt } from '../event/audit-event.js';
import type { AnchorSet } from './anchor/anchor-set.js';

/** What `emit` gives back for a record that was taken down. */
export class LogReceipt implements AnchoredReceipt {
  readonly durable: Receipt['durable'];
  readonly #anchors: AnchorSet;
  #anchored: Promise<Anchored> | undefined;

  constructor(durable: Receipt['durable'], anchors: AnchorSet) {
    this.durable = durable;
    this.#anchors = anchors;
  }

  /** Made when it is first asked for: who never asks pays nothing for it. */
  get anchored(): Promise<Anchored> {
    if (this.#anchored === undefined) {
      this.#anchored = this.durable.then(({ seq }) => this.#anchors.reached(seq));
      this.#anchored.catch(() => undefined); // ignoring it is allowed
    }
    return this.#anchored;
  }
}
