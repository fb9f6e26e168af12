// What a user of every published package writes; compiled against the installed tarballs with `skipLibCheck: false`.
import { AuditError, type AuditSink, defineEvent, query, verifyLog } from '@vram-residency/audit-chain';
import { runAuditChain } from '@vram-residency/audit-chain/cli';
import { AuditLog, nodeHashes, openLog } from '@vram-residency/audit-chain/node';
import { type ResidentShard, residencyAt } from '@vram-residency/audit-chain/report';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { type Backend, DeviceError, simulatedBackend } from '@vram-residency/device';
import { runConformance } from '@vram-residency/device/conformance';
import { evaluate, PolicyError, parsePolicy, vramOnly } from '@vram-residency/policy';
import { parseSeal, SealError, SealKey } from '@vram-residency/seal-crypto';
import { digestFile } from '@vram-residency/seal-crypto/node';
import { type SealedShard, VramError, VramManager, type VramManagerOptions } from 'vram-residency';
import { eventJsonSchemas, VramSealed } from 'vram-residency/events';

const backend: Backend = simulatedBackend({ devices: [{ capacityBytes: 2 ** 30 }] });

export async function sealAndVerify(path: string, dir: string): Promise<string> {
  const auditLog = await AuditLog.open({
    dir,
    workerId: 'gpu-0',
    onError: (error) => console.error(error.code),
  });
  const sink: AuditSink = auditLog;
  const options: VramManagerOptions = {
    backend,
    workerToken: 'a token of 16 bytes or more',
    workerId: 'gpu-0',
    auditLog: sink,
    policy: vramOnly({ allowSimulated: true }),
  };
  const vram = await VramManager.open(options);
  vram.on('stopped', ({ reason }) => console.error(reason.toUpperCase()));
  const shard: SealedShard = await vram.sealModel(path);
  const size: number = await vram.execute([shard], (views) => views.map((view) => view.sizeBytes).length, {
    verify: { maxAgeMs: 1000 },
  });
  const seal = parseSeal(JSON.stringify(shard));
  await vram.release(shard);
  await vram.close();
  await auditLog.close();
  const { status, defects } = await verifyLog(await openLog(dir), {
    vkey: auditLog.vkey,
    hashes: nodeHashes,
  });
  for await (const { record } of query(await openLog(dir), { type: VramSealed.type })) {
    console.log(record.members['digest']);
  }
  return `${size} ${seal.fields.digest} ${status} ${defects.length}`;
}

export async function residentShards(dir: string, time: Date): Promise<readonly ResidentShard[]> {
  return (await residencyAt(await openLog(dir), time)).shards;
}

export function explain(error: unknown): string {
  if (error instanceof VramError || error instanceof AuditError || error instanceof SealError)
    return error.code;
  if (error instanceof DeviceError || error instanceof PolicyError)
    return `${error.code}, ${error.retriable}`;
  return String(error);
}

export const Started = defineEvent('service_started', VramSealed.schema);
export const violations: number = evaluate(parsePolicy(JSON.stringify(vramOnly())), {}).length;
export const uses: readonly unknown[] = [
  cudaBackend(),
  runAuditChain,
  runConformance,
  digestFile,
  SealKey,
  eventJsonSchemas(),
];
