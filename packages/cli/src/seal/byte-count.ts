const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/**
 * Reads a whole number of bytes, at least 1.
 *
 * @returns `undefined` if the text is none, or too large to be exact
 */
export function parseByteCount(text: string): number | undefined {
  return /^[1-9][0-9]*$/.test(text) ? safe(Number(text)) : undefined;
}

/**
 * Reads bytes per second: a whole number, which `K`, `M` or `G` (or `KiB`, `MiB`, `GiB`) multiplies by a power of
 * 1024; `/s` may follow.
 *
 * @returns `undefined` if the text is none, or too large to be exact
 */
export function parseByteRate(text: string): number | undefined {
  const [, digits, unit] = /^([1-9][0-9]*)(?:([KMG])(?:iB)?)?(?:\/s)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : safe(Number(digits) * (UNITS[unit ?? ''] as number));
}

function safe(bytes: number): number | undefined {
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
