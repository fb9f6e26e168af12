import { closeSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuditEvent,
  type AuditSink,
  query,
  type VerificationResult,
  verifyLog,
} from '@vram-residency/audit-chain';
import { AuditLog, openLog } from '@vram-residency/audit-chain/node';
import { type DigestAlgorithm, nobleEngine, toHex } from '@vram-residency/seal-crypto';
import { expect } from 'vitest';
import { VramManager, vramOnly } from 'vram-residency';
import { RememberingSink, TOKEN } from './support.js';

const MODEL = Uint8Array.from({ length: 300_017 }, (_, i) => (i * 31) >>> 3);

/** The shards of every cycle: more than one leaf in each tree, and no whole number of them. */
const SHARDS = {
  first: { digest: 'blake3', bytes: MODEL },
  second: { digest: 'sha256-fsverity', bytes: new Uint8Array(4097).fill(9) },
  /** The memory of the first, by its file descriptor. */
  adopted: { digest: 'blake3', bytes: MODEL },
} as const;

/** Every shard that a cycle without a failure seals, in order. */
export const SHARD_IDS: readonly string[] = Object.keys(SHARDS);

/** What reaches the disk when is not what is tested here. */
const FLUSH = { mode: 'batched', records: 900, intervalMs: 60_000 } as const;

/** What came of a worker's whole life. */
export interface Cycle {
  /** What it failed with, if it did. */
  readonly failure: unknown;
  /** What it told its log. */
  readonly events: readonly AuditEvent[];
  /** What an auditor with the public key finds, where the log is on disk. */
  readonly verification?: VerificationResult;
}

/** A worker's whole life on the CUDA driver: seal, verify, execute, export, adopt, release, close. */
export async function cycle(): Promise<Cycle> {
  const sink = new RememberingSink();
  return { failure: await live(sink), events: sink.events };
}

/** The same with a log on disk: the events are those that it holds afterwards. */
export async function cycleOnDisk(): Promise<Cycle> {
  const dir = mkdtempSync(join(tmpdir(), 'vram-residency-cycle-'));
  try {
    const auditLog = await AuditLog.open({
      dir: join(dir, 'log'),
      workerId: 'gpu-0',
      secret: TOKEN,
      flush: FLUSH,
      onError,
    });
    const failure = await live(auditLog);
    await auditLog.close();
    const log = await openLog(join(dir, 'log'));
    const events: AuditEvent[] = [];
    for await (const { record } of query(log)) {
      const { eventType: type, severity, members } = record;
      events.push({ type, severity, members });
    }
    return { failure, events, verification: await verifyLog(log, { vkey: auditLog.vkey }) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** What a life failed with. */
async function live(auditLog: AuditSink): Promise<unknown> {
  try {
    await liveWithFile(auditLog);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function liveWithFile(auditLog: AuditSink): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'vram-residency-model-'));
  try {
    // The device loads the first from a file by itself; the second is written to it.
    const path = join(dir, 'model.bin');
    writeFileSync(path, SHARDS.first.bytes);
    await liveFrom(path, auditLog);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function liveFrom(path: string, auditLog: AuditSink): Promise<void> {
  // Without a backend: the default is CUDA.
  const manager = await VramManager.open({
    workerToken: TOKEN,
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
    auditLog,
    onError,
  });
  try {
    const first = await manager.sealModel(path, { shardId: 'first', exportable: true });
    const second = await manager.sealModel(SHARDS.second.bytes, {
      shardId: 'second',
      digest: SHARDS.second.digest,
    });
    await manager.verifySealed(first);
    await manager.execute([first, second], ([view]) => view?.sizeBytes, { verify: 'full' });
    const shared = await manager.export(first);
    try {
      await manager.adopt(shared, { shardId: 'adopted' });
    } finally {
      closeSync(shared.fd);
    }
    await manager.release(first);
  } finally {
    await closeAtLast(manager);
  }
}

/** Closes a manager, again where its device could not be closed. */
async function closeAtLast(manager: VramManager): Promise<void> {
  for (let triesLeft = 8; ; triesLeft--) {
    try {
      return await manager.close();
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}

/** Failures that no call reports have no further effect: what they were about is looked at afterwards. */
function onError(): void {}

/** What every log of a cycle tells, wherever the cycle ended: what was observed, and all memory given back. */
export function expectTrueEvents({ events, verification }: Cycle): void {
  if (verification !== undefined) expect(verification).toMatchObject({ status: 'verified', defects: [] });
  let used = 0;
  const sealed = new Set<unknown>();
  for (const { type, members } of events) {
    const shardId = members['shard_id'];
    if (type === 'vram_allocated') {
      used += members['allocated_bytes'] as number;
      expect(members['used_bytes']).toBe(used);
    } else if (type === 'vram_deallocated') {
      used -= members['freed_bytes'] as number;
      expect(members['remaining_used']).toBe(used);
    } else if (type === 'vram_sealed') {
      sealed.add(shardId);
      const { digest, bytes } = SHARDS[shardId as keyof typeof SHARDS];
      const wanted = { digest: digestOnHost(digest, bytes), vram_bytes: bytes.length, simulated: true };
      expect(members).toMatchObject({ ...wanted, backend: 'cuda' });
    } else if (type === 'seal_verified') {
      expect(sealed).toContain(shardId);
      const { length } = SHARDS[shardId as keyof typeof SHARDS].bytes;
      expect(members).toMatchObject({ mode: 'full', bytes_verified: length });
    } else if (type === 'policy_violation') {
      expect(members).toMatchObject({ action_taken: 'worker_stopped' });
    } else if (type === 'seal_verification_failed') {
      // Nothing was corrupted: a verification fails because the device did.
      expect(members).toMatchObject({ reason: 'device_error' });
    }
  }
  expect(used).toBe(0);
}

function digestOnHost(algorithm: DigestAlgorithm, bytes: Uint8Array): string {
  const hasher = nobleEngine.createHasher(algorithm);
  hasher.update(bytes);
  return toHex(hasher.digest());
}
