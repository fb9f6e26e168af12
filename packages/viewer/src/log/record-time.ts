const ZERO = 0x30;
const MILLISECONDS_A_DAY = 86_400_000;

/** Reads the timestamps of records, `2026-01-02T03:04:05.000006Z`, from bytes that a scan found sound. */
export class RecordTimes {
  #day = -1;
  #dayStart = 0;

  /** Milliseconds since 1970, with a fraction. */
  read(bytes: Uint8Array, at: number): number {
    const number = (from: number, length: number): number => {
      let value = 0;
      for (let i = at + from; i < at + from + length; i++) value = value * 10 + (bytes[i] as number) - ZERO;
      return value;
    };
    const year = number(0, 4);
    const month = number(5, 2);
    const date = number(8, 2);
    const day = (year * 100 + month) * 100 + date;
    // Records of one day follow each other: their day is computed once.
    if (day !== this.#day) {
      this.#day = day;
      const midnight = new Date(0);
      midnight.setUTCFullYear(year, month - 1, date);
      this.#dayStart = Math.floor(midnight.getTime() / MILLISECONDS_A_DAY) * MILLISECONDS_A_DAY;
    }
    const seconds = (number(11, 2) * 60 + number(14, 2)) * 60 + number(17, 2);
    return this.#dayStart + seconds * 1000 + number(20, 6) / 1000;
  }
}
