type Numbers =
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

const FIRST_CAPACITY = 1024;

/** Numbers of one kind that come one after the other: a typed array that grows. */
export class Column<Values extends Numbers> {
  readonly #make: (length: number) => Values;
  #values: Values;
  #length = 0;

  constructor(make: (length: number) => Values) {
    this.#make = make;
    this.#values = make(FIRST_CAPACITY);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = this.#make(this.#length * 2);
      grown.set(this.#values as never);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** What was pushed, in memory of its own. */
  finish(): Values {
    return this.#values.slice(0, this.#length) as Values;
  }
}
