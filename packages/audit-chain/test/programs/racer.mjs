// Opens and closes a log when it is told to, and says what came of it. Two of them race: test/racing-writers.test.ts.
import { AuditLog } from '@vram-residency/audit-chain/node';

const [dir = ''] = process.argv.slice(2);
/** @type {AuditLog | undefined} */
let log;

async function open() {
  log = await AuditLog.open({
    dir,
    workerId: 'gpu-0',
    secret: 'a secret of sixteen bytes or more',
    reserveBytes: 0,
    onError: console.error,
  });
  return 'opened';
}

async function close() {
  await log?.close();
  log = undefined;
  return 'closed';
}

process.on('message', (command) => {
  (command === 'open' ? open() : close()).then(
    (done) => process.send?.(done),
    (error) => process.send?.(error.code),
  );
});
process.send?.('ready');
