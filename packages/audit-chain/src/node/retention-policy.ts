/** How long records are kept. A closed segment goes when either rule says so; the open one never does. */
export interface RetentionPolicy {
  /** Days that every record is kept; default 2557, seven years. */
  readonly maxAgeDays?: number;
  /** Number of closed segments that are kept; default: as many as there are. */
  readonly maxSegments?: number;
}

const SEVEN_YEARS_DAYS = 2557;
const MAX_AGE_DAYS = 36_525;

/** @throws RangeError that names the rule */
export function retentionPolicy(policy: RetentionPolicy = {}): Required<RetentionPolicy> {
  const { maxAgeDays = SEVEN_YEARS_DAYS, maxSegments = Number.MAX_SAFE_INTEGER } = policy;
  if (!Number.isSafeInteger(maxAgeDays) || maxAgeDays < 1 || maxAgeDays > MAX_AGE_DAYS) {
    throw new RangeError(
      `Expected maxAgeDays to be an integer from 1 to ${MAX_AGE_DAYS} but received ${maxAgeDays}`,
    );
  }
  if (!Number.isSafeInteger(maxSegments) || maxSegments < 0) {
    throw new RangeError(`Expected maxSegments to be a number of segments but received ${maxSegments}`);
  }
  return { maxAgeDays, maxSegments };
}
