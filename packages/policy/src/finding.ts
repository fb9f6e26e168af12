/** What a rule found wrong, in one sentence, or nothing. */
export type Finding = string | undefined;

/** Finds a fact unknown, or else not as expected. */
export function unless(
  fact: boolean | undefined,
  expected: boolean,
  unknown: string,
  wrong: string,
): Finding {
  if (fact === undefined) return unknown;
  return fact === expected ? undefined : wrong;
}
