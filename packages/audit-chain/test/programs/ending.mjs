// Writes records, says which are durable, and ends in the way that is named:
//
//   node test/programs/ending.mjs DIR exit|signal|exception|exit-handler|exception-handler
import { writeSync } from 'node:fs';
import { AuditLog } from '@vram-residency/audit-chain/node';

const [dir = '', ending = ''] = process.argv.slice(2);
const log = await AuditLog.open({
  dir,
  workerId: 'gpu-0',
  secret: 'sixteen bytes or more',
  onError: console.error,
});
const emit = (n, severity = 'INFO') => log.emit({ type: 'test_event', severity, members: { n } });
const say = ({ seq }) => writeSync(1, `${seq}\n`);

for (let n = 0; n < 100; n++) emit(n).durable.then(say);
await log.flush();
// Some are on their way to the disk when the end comes, some wait.
for (let n = 100; n < 200; n++) emit(n).durable.then(say);
await new Promise((resolve) => setImmediate(resolve));
for (let n = 200; n < 300; n++) emit(n).durable.then(say);

/** What a handler does that has no time left. */
const record = () => {
  emit(300, 'CRITICAL');
  log.flushSync();
  writeSync(1, 'the last record is durable\n');
};

switch (ending) {
  case 'exit':
    process.exit(0);
    break;
  case 'signal':
    process.kill(process.pid, 'SIGTERM');
    break;
  case 'exception':
    throw new Error('nobody expected this');
  case 'exit-handler':
    process.on('exit', record);
    process.exit(0);
    break;
  case 'exception-handler':
    process.on('uncaughtException', () => {
      record();
      process.exit(70);
    });
    throw new Error('nobody expected this');
  default:
    throw new RangeError(`Expected an ending but received ${ending}`);
}
