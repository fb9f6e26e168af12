// A short life of a log with a rotation and checkpoints; says which records are durable, and how it ended:
//
//   node test/programs/session.mjs DIR
import { writeSync } from 'node:fs';
import { AuditLog } from '@vram-residency/audit-chain/node';

const [dir = ''] = process.argv.slice(2);
try {
  const log = await AuditLog.open({
    dir,
    workerId: 'gpu-0',
    secret: 'a secret of sixteen bytes or more',
    rotation: { segmentBytes: 1024 },
    reserveBytes: 2_097_152,
    onError: () => undefined, // what fails is said by what it fails for
  });
  for (let n = 0; n < 4; n++) {
    const { durable } = log.emit({
      type: 'test_event',
      severity: n === 1 ? 'CRITICAL' : 'INFO',
      members: { n },
    });
    await durable.then(
      ({ seq, leaf }) => writeSync(1, `${seq} ${Buffer.from(leaf).toString('hex')}\n`),
      (error) => writeSync(1, `${error.code}\n`),
    );
  }
  await log.close();
  writeSync(1, 'closed\n');
} catch (error) {
  writeSync(1, `${error instanceof Error && 'code' in error ? error.code : error}\n`);
}
