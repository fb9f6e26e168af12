import type { Backend } from '../backend.js';

/** The backend that is examined, and how. */
export interface BackendUnderTest {
  readonly backend: Backend;
  /** Which device to use; default 0. */
  readonly index?: number;
  /**
   * How many bytes the device's free memory may differ from what the cases did, because a driver keeps some or
   * because others use the device. Default 0.
   */
  readonly slackBytes?: number;
  /** Ends what {@link OpenBackend} began. */
  close?(): Promise<void>;
}

/** Makes a backend for one case. */
export type OpenBackend = () => Promise<BackendUnderTest>;

/** One promise of the contract. */
export interface ConformanceCase {
  readonly name: string;
  /**
   * Rejects with an `AssertionError` if the backend breaks the promise.
   * @returns why the promise does not apply to this backend, if it does not
   */
  run(subject: BackendUnderTest): Promise<string | undefined>;
}
