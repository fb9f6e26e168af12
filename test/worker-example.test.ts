import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query, verifyLog } from '@vram-residency/audit-chain';
import { openLog } from '@vram-residency/audit-chain/node';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { simulatedBackend } from 'vram-residency';
import { makeModelFile } from '../examples/demo/model-file.mjs';
import { startWorker } from '../examples/worker/worker.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-worker-'));
afterAll(() => rmSync(scratch, { recursive: true }));

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

async function started(name: string) {
  const model = join(scratch, 'model.safetensors');
  makeModelFile(model, 1);
  const backend = simulatedBackend();
  const auditDir = join(scratch, name);
  const worker = await startWorker({
    backend,
    workerToken: 'a token of 16 bytes or more',
    model,
    auditDir,
    port: 0,
  });
  const ask = async (prompt: string) => {
    const response = await fetch(`http://127.0.0.1:${worker.port}`, { method: 'POST', body: prompt });
    return { status: response.status, text: await response.text() };
  };
  return { backend, auditDir, worker, ask };
}

test('a worker whose memory changed answers nothing from it, says so in the log, and ends', async () => {
  const { backend, auditDir, worker, ask } = await started('changed');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const [allocation] = backend.faults.allocations;
  if (allocation === undefined) throw new Error('Expected the model in memory');
  backend.faults.flipBit(allocation, { offset: 1000 });
  await vi.waitFor(
    async () => expect(await ask('hello')).toEqual({ status: 503, text: 'VERIFICATION_FAILED\n' }),
    {
      timeout: 10_000,
      interval: 1100,
    },
  );
  expect(await worker.ended).toBe(false);
  await expect(ask('still there?')).rejects.toThrow();
  expect(backend.faults.allocations).toEqual([]);

  const reasons = [];
  for await (const { record } of query(await openLog(auditDir), { severity: 'CRITICAL' })) {
    reasons.push([record.eventType, record.members['reason']]);
  }
  expect(reasons).toEqual([['seal_verification_failed', 'digest_mismatch']]);
  expect((await verifyLog(await openLog(auditDir))).defects.map(({ reason }) => reason)).toEqual([
    'UNTRUSTED_KEY',
  ]);
});

test('a prompt longer than the bound is refused, and the worker goes on', async () => {
  const { worker, ask } = await started('long');
  expect(await ask('x'.repeat(65_537))).toEqual({ status: 503, text: 'FAILED\n' });
  expect(await ask('x')).toEqual({ status: 200, text: 'no GPU, so no answer to "x"\n' });
  worker.stop();
  expect(await worker.ended).toBe(true);
});
