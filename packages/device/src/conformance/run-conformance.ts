import { conformanceCases } from './cases.js';
import type { ConformanceCase, OpenBackend } from './subject.js';

/** What became of one case. */
export type ConformanceResult =
  | { readonly name: string; readonly status: 'passed' }
  | { readonly name: string; readonly status: 'failed'; readonly error: unknown }
  | { readonly name: string; readonly status: 'not-applicable'; readonly reason: string };

/**
 * Runs every case, each on a backend of its own, one after another: for machines without a test runner.
 *
 * @param onResult told of each case when it ends
 */
export async function runConformance(
  open: OpenBackend,
  onResult: (result: ConformanceResult) => void = () => {},
): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const conformanceCase of conformanceCases) {
    const result = await resultOf(conformanceCase, open);
    results.push(result);
    onResult(result);
  }
  return results;
}

/** The functions of a test runner that {@link describeBackend} needs; those of vitest and of node:test fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/**
 * Declares every case as a test.
 *
 * @example
 * import { describe, it } from 'vitest';
 * describeBackend('my backend', async () => ({ backend: myBackend() }), { describe, it });
 */
export function describeBackend(name: string, open: OpenBackend, runner: TestRunner): void {
  runner.describe(`${name} fulfils the device contract`, () => {
    for (const conformanceCase of conformanceCases) {
      runner.it(conformanceCase.name, async () => {
        const result = await resultOf(conformanceCase, open);
        if (result.status === 'failed') throw result.error;
      });
    }
  });
}

async function resultOf({ name, run }: ConformanceCase, open: OpenBackend): Promise<ConformanceResult> {
  try {
    const subject = await open();
    try {
      const reason = await run(subject);
      return reason === undefined ? { name, status: 'passed' } : { name, status: 'not-applicable', reason };
    } finally {
      await subject.close?.();
    }
  } catch (error) {
    return { name, status: 'failed', error };
  }
}
