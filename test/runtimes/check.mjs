// @ts-check
// What a check is, in words that every runtime understands: no test framework runs in all of them.

/**
 * One thing that must hold in a runtime.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {(runtime: RuntimeAccess) => unknown} run throws if it does not hold
 */

/**
 * What differs between runtimes.
 *
 * @typedef {object} RuntimeAccess
 * @property {() => number | Promise<number>} residentBytes memory of this process that is in RAM
 * @property {(log: string) => Promise<Iterable<File>>} pickLog the files of a log of the vectors, as a person picks them
 */

/**
 * How a check ended.
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {string} [failure] why it does not hold; absent if it does
 */

/**
 * Runs checks one after the other.
 *
 * @param {readonly Check[]} checks
 * @param {RuntimeAccess} runtime
 * @returns {Promise<Outcome[]>}
 */
export async function runChecks(checks, runtime) {
  const outcomes = [];
  for (const { name, run } of checks) {
    try {
      await run(runtime);
      outcomes.push({ name });
    } catch (error) {
      outcomes.push({ name, failure: error instanceof Error ? `${error}\n${error.stack}` : String(error) });
    }
  }
  return outcomes;
}

/**
 * @param {unknown} found
 * @param {unknown} expected the same as JSON
 * @param {string} what
 */
export function assertEqual(found, expected, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b} but found ${a}`);
}

/**
 * @param {() => unknown} action
 * @param {string} code that its error must have
 */
export function assertThrows(action, code) {
  /** @type {unknown} */
  let found = 'no error';
  try {
    action();
  } catch (error) {
    found = /** @type {{ code?: unknown }} */ (error).code ?? String(error);
  }
  assertEqual(found, code, 'the code of the error');
}
