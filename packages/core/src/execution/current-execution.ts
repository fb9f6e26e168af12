import { AsyncLocalStorage } from 'node:async_hooks';
import { VramError } from '../errors.js';
import type { Resident } from '../residency/resident.js';

/** An execution under way: what it uses, until it has ended. */
interface Scope {
  readonly residents: Set<Resident>;
  readonly outer: Scope | undefined;
}

/** The innermost execution that the code which asks runs in, for whatever it calls and awaits. */
const current = new AsyncLocalStorage<Scope | undefined>();

/** Runs the function of an execution. One inside another uses what the other uses, too. */
export async function runExecution<Result>(
  residents: readonly Resident[],
  fn: () => Result | Promise<Result>,
): Promise<Result> {
  const scope = { residents: new Set(residents), outer: current.getStore() };
  try {
    return await current.run(scope, fn);
  } finally {
    // What the function began and did not await may go on; it uses nothing any more.
    scope.residents.clear();
  }
}

/** Runs what does not belong to the execution that it is called from. */
export function outsideExecutions(fn: () => void): void {
  current.run(undefined, fn);
}

/**
 * Refuses what would wait for the very execution that asks for it, and so for ever.
 *
 * @throws VramError `SHARD_IN_USE` if an execution that the caller runs in uses one of the shards
 */
export function assertNotUsedByCaller(residents: readonly Resident[]): void {
  for (let scope = current.getStore(); scope !== undefined; scope = scope.outer) {
    const used = residents.find((resident) => scope?.residents.has(resident));
    if (used === undefined) continue;
    const { shardId } = used;
    throw new VramError('SHARD_IN_USE', `The execution that asks uses the shard ${shardId} itself`, {
      shardId,
    });
  }
}
