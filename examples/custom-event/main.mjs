// @ts-check
// Event types of one's own: declared, emitted, refused where they do not fit, found again, verified.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query, verifyLog } from '@vram-residency/audit-chain';
import { AuditLog, openLog } from '@vram-residency/audit-chain/node';
import { ModelDownloaded, OperatorAccess } from './events.mjs';

const folder = await mkdtemp(join(tmpdir(), 'custom-event-'));
const dir = join(folder, 'audit');
const auditLog = await AuditLog.open({
  dir,
  workerId: 'gpu-0',
  onError: (error) => console.error(error.code),
});

const { durable } = auditLog.emit(
  ModelDownloaded({
    model_ref: 'llama-8b',
    source_url: 'https://models.example/llama-8b.safetensors',
    size_bytes: 16_060_522_240,
    digest: `sha256:${'9f'.repeat(32)}`,
  }),
);
auditLog.emit(OperatorAccess({ operator: 'mara@example.org', granted: true }));
// One call may raise the severity; CRITICAL is never dropped and is followed by a checkpoint at once.
auditLog.emit(OperatorAccess({ operator: 'intruder', granted: false }, { severity: 'CRITICAL' }));
console.log(`on disk as record ${(await durable).seq}`);

try {
  auditLog.emit(OperatorAccess({ operator: 'no spaces allowed', granted: true }));
} catch (error) {
  console.log(`refused: ${/** @type {TypeError} */ (error).message}`);
}
await auditLog.close();

for await (const { record } of query(await openLog(dir), { type: ['model_downloaded', 'operator_access'] })) {
  console.log(record.seq, record.severity, record.eventType, JSON.stringify(record.members));
}
const { status, records } = await verifyLog(await openLog(dir), { vkey: auditLog.vkey });
console.log(`${status}, ${records} records`);
await rm(folder, { recursive: true });
