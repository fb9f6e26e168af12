// @ts-check
// A policy of one's own, rules from a JSON file and one that is a function: what it lets pass, warns of and refuses.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query } from '@vram-residency/audit-chain';
import { AuditLog, openLog } from '@vram-residency/audit-chain/node';
import { PolicyError, parsePolicy, simulatedBackend, VramManager } from 'vram-residency';
import { tenantPolicy } from './policy.mjs';

const folder = await mkdtemp(join(tmpdir(), 'custom-policy-'));
const policy = tenantPolicy(new Set(['GPU-0001', 'GPU-0002']));
// Two simulated GPUs: one of the tenant with MIG enabled, which only warns, and one of somebody else.
const backend = simulatedBackend({
  devices: [{ facts: { uuid: 'GPU-0001', migEnabled: true } }, { facts: { uuid: 'GPU-0009' } }],
});
const auditLog = await AuditLog.open({
  dir: join(folder, 'audit'),
  workerId: 'tenant-a',
  onError: (error) => console.error(error.code),
});

for (const gpuDevice of [0, 1]) {
  const vram = await VramManager.open({
    backend,
    gpuDevice,
    policy,
    auditLog,
    workerId: 'tenant-a',
    workerToken: 'a token of 16 bytes or more',
  });
  vram.on('violation', ({ severity, rule, details, remedy }) => {
    console.log(`  ${severity} ${rule}: ${details}; ${remedy}`);
  });
  console.log(`GPU ${gpuDevice}:`);
  try {
    const shard = await vram.sealModel(new TextEncoder().encode('the model'), {
      shardId: `model-${gpuDevice}`,
    });
    console.log(`  sealed ${shard.shardId}`);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    console.log(`  refused: ${error.code}; the worker is ${vram.state}`);
  }
  await vram.close();
}
await auditLog.close();

console.log('In the log:');
for await (const { record } of query(await openLog(auditLog.dir), { type: 'policy_violation' })) {
  const { policy: name, violation, gpu_device: gpu, action_taken: action } = record.members;
  console.log(`  ${record.severity} ${name}: ${violation} on GPU ${gpu}, ${action}`);
}
await rm(folder, { recursive: true });

try {
  parsePolicy({ name: 'misspelt', rules: [{ rule: 'no_integrated_gpus' }] });
} catch (error) {
  console.log(`A misspelt rule is no rule: ${/** @type {PolicyError} */ (error).code}`);
}
