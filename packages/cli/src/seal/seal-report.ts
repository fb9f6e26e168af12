import type { SealedShard } from 'vram-residency';
import { visible } from '../visible.js';
import type { SealRequest } from './seal-request.js';
import type { AuditPlace } from './with-worker.js';

/** What was sealed, for people. */
export function sealedText(shards: readonly SealedShard[], { files, backend }: SealRequest): string {
  const kind = backend.simulated ? ' (SIMULATED: process memory, no GPU is involved)' : '';
  const lines = shards.flatMap(({ fields }, i) => [
    `sealed     ${files[i]}`,
    `  shard    ${fields.shardId}`,
    `  device   ${fields.gpuDevice} of the backend ${backend.name}${kind}`,
    `  bytes    ${fields.vramBytes}`,
    `  digest   ${fields.digestAlgorithm}:${fields.digest}`,
  ]);
  return text(lines);
}

/** How it ended, for people. */
export function endText(
  shards: readonly SealedShard[],
  verified: boolean | null,
  { dir, vkey, tree_size: treeSize }: AuditPlace,
): string {
  const seals = shards.length === 1 ? '1 seal' : `${shards.length} seals`;
  return text([
    ...(verified === true ? [`verified   ${seals}, every byte where it lay`] : []),
    `released   ${seals}`,
    `audit log  ${dir}, ${treeSize} records`,
    `vkey       ${vkey}`,
  ]);
}

/** The JSON document of `seal --json`. */
export function sealJson(
  shards: readonly SealedShard[],
  verified: boolean | null,
  { dir, origin, vkey, tree_size }: AuditPlace,
): string {
  return `${JSON.stringify({ seals: shards, verified, audit: { dir, origin, vkey, tree_size } }, null, 2)}\n`;
}

function text(lines: readonly string[]): string {
  return `${lines.map(visible).join('\n')}\n`;
}
