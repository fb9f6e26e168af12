// Writes one record and says when it is durable. Under strace it shows what the system was asked to do before:
//
//   strace -f -y -e trace=openat,pwrite64,fdatasync,fsync,write node test/programs/durable-record.mjs DIR
import { writeSync } from 'node:fs';
import { AuditLog } from '@vram-residency/audit-chain/node';

const [dir = ''] = process.argv.slice(2);
const log = await AuditLog.open({ dir, workerId: 'gpu-0', onError: console.error });
writeSync(1, 'the log is open\n');
const { seq } = await log.emit({ type: 'something_happened', severity: 'INFO', members: {} }).durable;
writeSync(1, `record ${seq} is durable\n`);
await log.close();
