// A second, plain reading of the format page, section 2, for the tests: a grammar instead of JSON.parse. It shares
// no code with the package.

type Value = string | number | boolean | null | Value[] | Map<string, Value>;

export interface PlainRecord {
  readonly seq: number;
  readonly timestamp: string;
  readonly event_type: string;
  readonly severity: string;
  readonly worker_id: string;
  readonly epoch: number;
  readonly prev: string;
  readonly mac: string;
  readonly own: ReadonlyMap<string, Value>;
}

const NAME = /[a-z][a-z0-9_]{0,63}/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)/y;
// What JSON.stringify leaves as it is, and the escapes it writes.
const STRING = /"((?:[^"\\\u0000-\u001f\ud800-\udfff]|\\["\\bfnrt]|\\u00(?:0[0-7be-f]|1[0-9a-f]))*)"/uy;

class Malformed extends Error {}

/** Reads one line; `undefined` if it is no record. */
export function readPlainRecord(line: Buffer): PlainRecord | undefined {
  if (line.length > 65_535) return undefined;
  const text = line.toString('utf8');
  if (!Buffer.from(text).equals(line)) return undefined;
  try {
    const reader = new Reader(text);
    const members = reader.object(1);
    reader.expectEnd();
    return toRecord([...members]);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Reader {
  #at = 0;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }

  object(depth: number): Map<string, Value> {
    if (depth > 4) throw new Malformed();
    const members = new Map<string, Value>();
    this.#take('{');
    if (this.#try('}')) return members;
    do {
      this.#take('"');
      const name = this.#match(NAME);
      this.#take('":');
      if (members.has(name)) throw new Malformed();
      members.set(name, this.#value(depth + 1));
    } while (this.#try(','));
    this.#take('}');
    return members;
  }

  expectEnd(): void {
    if (this.#at !== this.#text.length) throw new Malformed();
  }

  #value(depth: number): Value {
    const next = this.#text[this.#at];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.#array(depth);
    if (next === '"') return JSON.parse(this.#match(STRING));
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#try(word)) return value;
    }
    const digits = this.#match(NUMBER);
    if (digits === '-0' || BigInt(digits) > 2n ** 53n - 1n || BigInt(digits) < -(2n ** 53n - 1n)) {
      throw new Malformed();
    }
    return Number(digits);
  }

  #array(depth: number): Value[] {
    if (depth > 4) throw new Malformed();
    const values: Value[] = [];
    this.#take('[');
    if (this.#try(']')) return values;
    do values.push(this.#value(depth + 1));
    while (this.#try(','));
    this.#take(']');
    return values;
  }

  #try(text: string): boolean {
    const found = this.#text.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  #take(text: string): void {
    if (!this.#try(text)) throw new Malformed();
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) throw new Malformed();
    this.#at += found.length;
    return found;
  }
}

function toRecord(members: [string, Value][]): PlainRecord | undefined {
  const names = members.map(([name]) => name);
  const head = names.slice(0, 5).join();
  const tail = names.slice(5).slice(-3).join();
  if (head !== 'seq,timestamp,event_type,severity,worker_id' || tail !== 'epoch,prev,mac') return undefined;
  const all = Object.fromEntries(members) as unknown as PlainRecord;
  const isText = (value: unknown, pattern: RegExp): boolean =>
    typeof value === 'string' && pattern.test(value);
  const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0;
  const sound =
    isCount(all.seq) &&
    isText(all.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) &&
    isRealTime(all.timestamp) &&
    isText(all.event_type, /^[a-z][a-z0-9_]{0,63}$/) &&
    isText(all.severity, /^(INFO|WARNING|CRITICAL)$/) &&
    isText(all.worker_id, /^[A-Za-z0-9._:-]{1,128}$/) &&
    isCount(all.epoch) &&
    all.epoch <= all.seq &&
    isText(all.prev, /^[0-9a-f]{64}$/) &&
    isText(all.mac, /^[0-9a-f]{64}$/);
  return sound ? { ...all, own: new Map(members.slice(5, -3)) } : undefined;
}

/** A date that JavaScript writes back as it was given exists. */
function isRealTime(timestamp: string): boolean {
  const seconds = timestamp.slice(0, 19);
  const date = new Date(`${seconds}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(seconds);
}
