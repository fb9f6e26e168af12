import { wrongType } from '../arguments.js';
import { systemClock } from '../clock.js';
import type { ContextMembers } from '../events/context.js';
import type { ManagerState } from '../manager/manager-state.js';
import type { Metrics } from '../manager/metrics.js';
import { contextMembers } from '../recording/record-context.js';
import type { Resident } from '../residency/resident.js';
import type { SealedShard } from '../sealed-shard.js';
import { allSettled } from '../settled.js';
import type { SealVerifier } from '../verification/seal-verifier.js';
import { runExecution } from './current-execution.js';
import { assertVerifyMode, type ExecuteOptions, ShardView, type VerifyMode } from './shard-view.js';

/** Runs functions over verified shards, and keeps the shards while they run. */
export class Executor {
  readonly #state: ManagerState;
  readonly #verifier: SealVerifier;
  readonly #metrics: Metrics;

  constructor(state: ManagerState, verifier: SealVerifier, metrics: Metrics) {
    this.#state = state;
    this.#verifier = verifier;
    this.#metrics = metrics;
  }

  /** See {@link VramManager.execute}. */
  async execute<Result>(
    shards: readonly SealedShard[],
    fn: (views: readonly ShardView[]) => Result | Promise<Result>,
    options: ExecuteOptions,
  ): Promise<Result> {
    this.#state.assertReady();
    if (!Array.isArray(shards)) throw wrongType('shards', 'an array of sealed shards', shards);
    if (typeof fn !== 'function') throw wrongType('fn', 'a function', fn);
    const { verify = 'full' } = options;
    assertVerifyMode(verify);
    const context = contextMembers(options);
    const endUses: (() => void)[] = [];
    const views: ShardView[] = [];
    try {
      const residents: Resident[] = [];
      for (const shard of shards) {
        const resident = await this.#verifier.authenticate(shard, context);
        endUses.push(resident.use());
        residents.push(resident);
      }
      await allSettled(residents.map((resident) => this.#verify(resident, verify, context)));
      // Another call may have stopped the worker while these were verified.
      this.#state.assertReady();
      this.#metrics.add('executions');
      views.push(...residents.map((resident) => new ShardView(resident)));
      return await runExecution(residents, () => fn(views));
    } finally {
      for (const view of views) view.expire();
      for (const endUse of endUses) endUse();
    }
  }

  async #verify(resident: Resident, mode: VerifyMode, context: ContextMembers): Promise<void> {
    if (mode === 'signature') return this.#verifier.recordSignature(resident, context);
    const ageMs = systemClock.monotonicMs() - resident.verifiedAtMs;
    if (mode === 'full' || ageMs > mode.maxAgeMs) await this.#verifier.verifyFully(resident, context);
  }
}
