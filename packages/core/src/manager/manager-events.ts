import type { EventEmitter } from 'node:events';
import type { Violation } from '@vram-residency/policy';
import { outsideExecutions } from '../execution/current-execution.js';

/** What {@link VramManager.on} listens to, and what listeners are given. */
export interface VramManagerEvents {
  /** The worker refuses new seals and executions from now on. */
  stopped: [{ readonly reason: string }];
  /** A rule of the policy was found violated; one that only warns included. */
  violation: [Violation];
  /** A seal did not verify; the worker is stopped. */
  verificationFailed: [{ readonly shardId: string; readonly reason: string }];
}

/** A listener of one of {@link VramManagerEvents}. */
export type VramManagerListener<Name extends keyof VramManagerEvents> = (
  ...args: VramManagerEvents[Name]
) => void;

/** Tells listeners; what one of them throws goes to `report`, so that it breaks neither its fellows nor the work. */
export class ManagerEvents {
  readonly #emitter: WeakRef<EventEmitter>;
  readonly #report: (error: unknown) => void;

  /**
   * @param emitter has the listeners; it is the manager's, and not held here, for listeners that hold their manager
   *   would otherwise keep one alive that everybody else dropped
   */
  constructor(emitter: EventEmitter, report: (error: unknown) => void) {
    this.#emitter = new WeakRef(emitter);
    this.#report = report;
  }

  /** Calls every listener at once, outside of the execution that the event may come from: a listener may close. */
  emit<Name extends keyof VramManagerEvents>(name: Name, ...args: VramManagerEvents[Name]): void {
    for (const listener of this.#emitter.deref()?.listeners(name) ?? []) {
      try {
        outsideExecutions(() => listener(...args));
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
