/** Most event types that are counted by name, so that no log can fill the memory. */
const MAX_EVENT_TYPES = 4096;
const SLOTS = 256;

/** How many records have one event type. */
export interface EventCount {
  readonly name: string;
  readonly bytes: Uint8Array;
  count: number;
}

/** Counts records by event type. A type is found by its bytes without making a string of it. */
export class EventCounts {
  readonly #byName = new Map<string, EventCount>();
  /** The type found last among those that share a slot. */
  readonly #slots = new Array<EventCount | undefined>(SLOTS).fill(undefined);
  /** Records of types beyond the first 4096. */
  others = 0;

  /** Number of records of each type that has a name here. */
  get byName(): Readonly<Record<string, number>> {
    const counted = [...this.#byName.values()].filter(({ count }) => count > 0);
    return Object.fromEntries(counted.map(({ name, count }) => [name, count]));
  }

  add(name: string): void {
    const found = this.#named(name);
    if (found === undefined) this.others++;
    else found.count++;
  }

  /** That of the type which stands in `bytes`, in ASCII; `undefined` beyond the first 4096 types. */
  find(bytes: Uint8Array, at: number, length: number): EventCount | undefined {
    const middle = bytes[at + (length >> 1)] as number;
    const slot = (length + 7 * (bytes[at] as number) + 31 * middle) % SLOTS;
    const last = this.#slots[slot];
    if (last !== undefined && startsWith(bytes, at, length, last.bytes)) return last;
    const found = this.#named(String.fromCharCode(...bytes.subarray(at, at + length)));
    this.#slots[slot] = found;
    return found;
  }

  #named(name: string): EventCount | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined || this.#byName.size >= MAX_EVENT_TYPES) return known;
    const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0));
    const added: EventCount = { name, bytes, count: 0 };
    this.#byName.set(name, added);
    return added;
  }
}

function startsWith(bytes: Uint8Array, at: number, length: number, expected: Uint8Array): boolean {
  if (length !== expected.length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
