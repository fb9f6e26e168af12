/** Counts since the manager was opened; only ever grow. */
export interface Counters {
  readonly seals: number;
  readonly sealFailures: number;
  readonly sealsRejected: number;
  readonly verifications: number;
  readonly verificationFailures: number;
  readonly executions: number;
  readonly policyViolations: number;
  readonly recoveries: number;
  readonly releases: number;
  readonly leaks: number;
  /** Records that did not become durable. */
  readonly auditFailures: number;
  /** Bytes written to device memory. */
  readonly bytesLoaded: number;
  /** Bytes of shards that were sealed. */
  readonly bytesSealed: number;
  /** Bytes whose digest was computed in device memory by verifications. */
  readonly bytesVerified: number;
}

/** What {@link VramManager.metrics} answers: the counters, and what is held now. */
export interface VramMetrics extends Counters {
  readonly residentShards: number;
  readonly usedBytes: number;
}

/** The counters behind `metrics()`. */
export class Metrics {
  readonly #counters: { -readonly [Name in keyof Counters]: number } = {
    seals: 0,
    sealFailures: 0,
    sealsRejected: 0,
    verifications: 0,
    verificationFailures: 0,
    executions: 0,
    policyViolations: 0,
    recoveries: 0,
    releases: 0,
    leaks: 0,
    auditFailures: 0,
    bytesLoaded: 0,
    bytesSealed: 0,
    bytesVerified: 0,
  };

  add(counter: keyof Counters, amount = 1): void {
    this.#counters[counter] += amount;
  }

  snapshot(): Counters {
    return { ...this.#counters };
  }
}
