/** What of a record decides the epoch of the next. */
export interface EpochPosition {
  readonly epoch: number;
  readonly lastIsCheckpoint: boolean;
}

/**
 * The epoch of the record that follows `last` (format page, section 3): a checkpoint ends an epoch, and so does an
 * opening of the log. Record 0 follows nothing; its epoch is 0.
 */
export function determinedEpoch(last: EpochPosition, eventType: string): number {
  return last.epoch + (last.lastIsCheckpoint ? 1 : 0) + (eventType === 'log_opened' ? 1 : 0);
}
