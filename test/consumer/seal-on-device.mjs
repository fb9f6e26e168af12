// Probes the CUDA backend and, where there is a device, seals a shard on it; prints what came of it as JSON.

import { disabledAuditLog } from '@vram-residency/audit-chain';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { simulatedBackend } from '@vram-residency/device';
import { VramManager, vramOnly } from 'vram-residency';

const probed = await cudaBackend().probe();
const backend = probed.status === 'available' ? cudaBackend() : simulatedBackend();
const [facts] = await backend.devices();
const vram = await VramManager.open({
  backend,
  workerToken: 'a token of 16 bytes or more',
  workerId: 'gpu-0',
  auditLog: disabledAuditLog,
  policy: vramOnly({ allowSimulated: true }),
});
const shard = await vram.sealModel(new Uint8Array(5000).fill(7));
await vram.verifySealed(shard);
await vram.close();
console.log(JSON.stringify({ probed, backend: backend.name, simulated: facts?.simulated }));
