import type { ShardStay } from './vram-story.js';

/** The shards that were sealed and not yet ended at a time (milliseconds since 1970). */
export function residentAt(stays: readonly ShardStay[], time: number): ShardStay[] {
  return stays.filter(({ sealedAt, endedAt }) => sealedAt <= time && (endedAt === null || time < endedAt));
}
