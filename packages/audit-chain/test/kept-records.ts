import { expect } from 'vitest';
import { toHex } from '../src/bytes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { AuditLog } from '../src/node/audit-log.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { query } from '../src/query/query.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { type ScratchLog, testEvent } from './scratch-log.js';

const secret = 'a secret of sixteen bytes or more';

/**
 * After whatever befell the writers of a log: another goes on with it, it verifies, and what they acknowledged is in it.
 *
 * @param said what they said, line by line: sequence number and leaf hash of each record that became durable
 */
export async function assertKept(place: ScratchLog, said: string): Promise<void> {
  const log = await AuditLog.open(place.options({ secret }));
  await log.emit(testEvent(99)).durable;
  await log.close();
  const result = await verifyLog(await openLog(place.dir), { secret, vkey: log.vkey, hashes });
  expect(result).toMatchObject({ status: 'verified', mac: 'verified', closed: true });
  const leaves = new Map<number, string>();
  for await (const { record, bytes } of query(await openLog(place.dir))) {
    leaves.set(record.seq, toHex(leafHash(hashes, bytes)));
  }
  for (const [, seq, leaf] of said.matchAll(/^(\d+) ([0-9a-f]{64})\n/gm)) {
    // What was pruned is accounted for, or the log did not verify.
    if (Number(seq) < (result.firstSeq ?? 0)) continue;
    expect([seq, leaves.get(Number(seq))]).toEqual([seq, leaf]);
  }
}
