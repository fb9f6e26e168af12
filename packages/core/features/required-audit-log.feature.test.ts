import { renameSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { executionSteps } from './steps/execution-steps.js';
import { audit, recordsOnDisk } from './support/auditor.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { Worker } from './support/worker.js';

const PATIENCE = { timeout: 20_000, interval: 5 };

/** Takes the log's folder away, and waits until its writer has found that out. */
async function loseDisk(worker: Worker): Promise<void> {
  const lost = `${worker.logDir}.lost`;
  await worker.log.flush();
  renameSync(worker.logDir, lost);
  worker.logDir = lost;
  worker.logIsSpoilt = true;
  // A checkpoint follows a CRITICAL record at once, and cannot be put where it belongs.
  worker.log.emit({ type: 'disk_lost', severity: 'CRITICAL', members: {} });
  await vi.waitFor(() => expect(worker.reported).toMatchObject([{ code: 'WRITER_FAILED' }]), PATIENCE);
}

const auditSteps: StepSet = (step) => {
  step('the disk of the audit log is lost', async (world) => loseDisk(await world.worker()));

  step('the audit log is closed just before {string} is recorded', async (world, eventType) => {
    const worker = await world.worker();
    worker.beforeEvent(eventType, () => {
      worker.log.close().catch((error: unknown) => world.errors.push(error));
    });
  });

  step('the records {string} are on disk already', async (world, types) => {
    // Read without asking the log to write what it holds back.
    const records = await recordsOnDisk((await world.worker()).logDir);
    expect(records.map(({ eventType }) => eventType)).toEqual(types.split(', '));
  });

  step('not a byte was written to the GPU', async (world) => {
    expect((await world.machine()).backend.calls('write')).toBe(0);
  });

  step('the memory was wiped and given back', async (world) => {
    const { allocated, backend } = await world.machine();
    expect(backend.trace.slice(-2).map(({ operation }) => operation)).toEqual(['zero', 'free']);
    expect(allocated).toBe(0);
  });

  step('its developer is told that a record is missing', async (world) => {
    const { manager, reported } = await world.worker();
    await vi.waitFor(() => expect(reported.length).toBeGreaterThan(1), PATIENCE);
    // The first is the log's own failure, of which it tells once.
    expect(reported.slice(1)).toMatchObject([{ name: 'AuditError', code: 'WRITER_FAILED' }]);
    expect(manager.metrics().auditFailures).toBe(1);
  });

  step('the recovery fails with {string}', (world, code) => {
    expect(world.failure()).toMatchObject({ code });
  });

  step(
    'an auditor with the secret finds what is left of the log unaltered, the seal of shard {string} included',
    async (world, shardId) => {
      const { logDir, secret } = await world.worker();
      const { status, mac, defects, closed } = await audit(logDir, { secret });
      expect({ status, mac, defects, closed }).toEqual({
        status: 'verified',
        mac: 'verified',
        defects: [],
        closed: false,
      });
      const sealed = (await recordsOnDisk(logDir)).filter(({ eventType }) => eventType === 'vram_sealed');
      expect(sealed.map(({ members }) => members['shard_id'])).toEqual([shardId]);
    },
  );
};

await runFeature('required-audit-log.feature', executionSteps, auditSteps);
