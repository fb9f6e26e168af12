// Writes records of all severities without end, small segments that are archived and pruned, many checkpoints; says which are durable:
//
//   node test/programs/busy.mjs DIR
import { writeSync } from 'node:fs';
import { AuditLog } from '@vram-residency/audit-chain/node';

const [dir = ''] = process.argv.slice(2);
const log = await AuditLog.open({
  dir,
  workerId: 'gpu-0',
  secret: 'a secret of sixteen bytes or more',
  rotation: { segmentBytes: 20_000 },
  checkpoint: { records: 50 },
  reserveBytes: 0,
  retention: { maxSegments: 4 },
  onError: console.error,
});
writeSync(1, 'open\n');
for (let n = 0; ; n++) {
  const severity = n % 40 === 0 ? 'CRITICAL' : 'INFO';
  const { durable } = log.emit({ type: 'test_event', severity, members: { n } });
  durable.then(({ seq, leaf }) => writeSync(1, `${seq} ${Buffer.from(leaf).toString('hex')}\n`));
  if (n % 40 === 7) log.flushSync();
  if (n % 20 === 0) await durable;
  if (n % 200 === 100) log.archive().catch(console.error);
}
