/** Most groups of records that wait; beyond it records join the last group. */
const MAX_GROUPS = 64;

interface Group<Value> {
  /** The newest record of the group. */
  maxSeq: number;
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Who waits until a record is anchored. Records that the same checkpoint will cover share one promise, so that memory does
 * not grow with the number of records while an anchor is down.
 */
export class AnchorWaiters<Value> {
  /** The oldest first. */
  #groups: Group<Value>[] = [];
  /** Whether the last group takes further records: until the next checkpoint. */
  #isOpen = false;

  /** Resolves or rejects with the group of that record. */
  join(seq: number): Promise<Value> {
    const group = this.#groups.find(({ maxSeq }) => seq <= maxSeq) ?? this.#lastFor(seq);
    return group.promise;
  }

  /** A checkpoint was made: records from now on wait for another. */
  seal(): void {
    this.#isOpen = false;
  }

  /** Tells all whose records a tree of that size covers. */
  resolve(treeSize: number, value: Value): void {
    for (const group of this.#take(treeSize)) group.resolve(value);
  }

  reject(treeSize: number, error: unknown): void {
    for (const group of this.#take(treeSize)) group.reject(error);
  }

  #take(treeSize: number): readonly Group<Value>[] {
    const covered = this.#groups.filter(({ maxSeq }) => maxSeq < treeSize);
    this.#groups = this.#groups.filter(({ maxSeq }) => maxSeq >= treeSize);
    if (this.#groups.length === 0) this.#isOpen = false;
    return covered;
  }

  #lastFor(seq: number): Group<Value> {
    const last = this.#groups.at(-1);
    if (last !== undefined && (this.#isOpen || this.#groups.length >= MAX_GROUPS)) {
      last.maxSeq = seq;
      return last;
    }
    const { promise, resolve, reject } = deferred<Value>();
    const group = { maxSeq: seq, promise, resolve, reject };
    this.#groups.push(group);
    this.#isOpen = true;
    return group;
  }
}

function deferred<Value>(): Omit<Group<Value>, 'maxSeq'> {
  let settle: Pick<Group<Value>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined); // ignoring it is allowed
  return { promise, ...(settle as Pick<Group<Value>, 'resolve' | 'reject'>) };
}
