// @ts-check
import { readFileSync } from 'node:fs';
import { verifyLog } from '@vram-residency/audit-chain';
import { nodeHashes as hashes } from '@vram-residency/audit-chain/node';

/** @import { LogSource, SegmentSource } from '@vram-residency/audit-chain' */

/**
 * A log made to exhaust whoever reads it.
 *
 * @typedef {object} HostileLog
 * @property {string} name
 * @property {(scale: number) => LogSource} source `scale` 1 is its full size
 * @property {(scale: number) => number} defects how many of its own it must have
 */

// With it the records are not searched for an identity first.
const IDENTITY = readFileSync(new URL('../test/vectors/logs/ok-keyless/log.json', import.meta.url));
const PIECE_BYTES = 1_000_000;
const LONG_LINE = new Uint8Array(PIECE_BYTES).fill(0x61);
const SHORT_LINES = Uint8Array.from({ length: PIECE_BYTES }, (_, i) => (i % 2 === 0 ? 0x61 : 0x0a));

/** @type {readonly HostileLog[]} */
export const hostileLogs = [
  {
    name: 'a line of 1 GB without LF',
    source: (scale) => inMemory([segment(0, LONG_LINE, 1000 * scale)]),
    defects: () => 1,
  },
  {
    name: '10,000,000 lines of one byte',
    source: (scale) => inMemory([segment(0, SHORT_LINES, 20 * scale)]),
    defects: (scale) => 10_000_000 * scale,
  },
  {
    name: '100,000 empty segments',
    source: (scale) => inMemory(Array.from({ length: 100_000 * scale }, (_, i) => segment(i, LONG_LINE, 0))),
    defects: (scale) => 100_000 * scale - 1,
  },
];

/**
 * Verifies a hostile log.
 *
 * @param {HostileLog} log
 * @param {number} scale
 */
export async function verifyHostile({ source, defects }, scale) {
  const { status, defectCount, defects: kept } = await verifyLog(source(scale), { hashes });
  if (status === 'verified' || defectCount < defects(scale) || kept.length > 1000) {
    throw new Error(`${status} with ${defectCount} defects, of which ${kept.length} are kept`);
  }
}

/**
 * @param {readonly SegmentSource[]} segments
 * @returns {LogSource}
 */
function inMemory(segments) {
  return {
    identity: async () => IDENTITY,
    checkpoint: async () => undefined,
    segments: async () => segments,
  };
}

/**
 * @param {number} firstSeq
 * @param {Uint8Array} piece
 * @param {number} times
 * @returns {SegmentSource}
 */
function segment(firstSeq, piece, times) {
  return {
    name: `segment-${String(firstSeq).padStart(20, '0')}.ndjson`,
    firstSeq,
    sizeBytes: piece.length * times,
    async *read() {
      for (let i = 0; i < times; i++) yield piece;
    },
  };
}
