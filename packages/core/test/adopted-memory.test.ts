import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cudaBackend } from '@vram-residency/cuda-backend';
import type { Allocation } from '@vram-residency/device';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AdoptSource, VramManager, vramOnly } from 'vram-residency';
import {
  isBuilt,
  RESOURCES,
  type StandInControl,
  setFacts,
  standInDescriptors,
  useStandIn,
} from '../../cuda-backend/test/stand-in.js';
import { MIB, openWorker, RememberingSink, TOKEN } from './support.js';

const MODEL = Uint8Array.from({ length: 2 * MIB + 17 }, (_, i) => (i * 31) >>> 3);

/** A child process that adopts what it inherits, and what it told. */
class AdoptingWorker {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(fd: number, sizeBytes: number, expected: string) {
    const program = fileURLToPath(new URL('programs/adopting-worker.mjs', import.meta.url));
    this.#child = spawn(process.execPath, [program, String(sizeBytes), expected], {
      stdio: ['pipe', 'pipe', 'inherit', fd],
    });
    const input = this.#child.stdout as NonNullable<ChildProcess['stdout']>;
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  async told(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The adopting worker told nothing more');
    return JSON.parse(value) as Record<string, unknown>;
  }

  verify(): Promise<Record<string, unknown>> {
    this.#child.stdin?.write('verify\n');
    return this.told();
  }

  async end(): Promise<{ readonly released: unknown; readonly events: unknown; readonly exitCode: unknown }> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    const { released } = await this.told();
    const { events } = await this.told();
    return { released, events, exitCode: (await exit)[0] };
  }
}

describe.skipIf(!isBuilt)('memory that somebody else took', () => {
  let standIn: StandInControl;
  let sink: RememberingSink;
  let manager: VramManager;

  const open = () =>
    VramManager.open({
      workerToken: TOKEN,
      workerId: 'gpu-0',
      policy: vramOnly({ allowSimulated: true }),
      auditLog: sink,
    });

  beforeEach(async () => {
    standIn = useStandIn();
    standIn.restore();
    setFacts({});
    sink = new RememberingSink();
    manager = await open();
  });
  afterEach(async () => {
    await manager.close();
    for (const resource of RESOURCES) expect(standIn.held(resource), resource).toBe(0);
    expect(standIn.usedBytes()).toBe(0);
    expect(standInDescriptors()).toBe(0);
    expect(standIn.violations()).toBe(0);
  });

  test('another process adopts a shard, verifies the same digest, and finds what its owner changed', async () => {
    const shard = await manager.sealModel(MODEL, { shardId: 'shared', exportable: true });
    expect(sink.only('vram_sealed')).toMatchObject({ exclusive: false, read_only: true });
    expect(sink.only('vram_sealed')).not.toHaveProperty('adopted');
    const { fd, sizeBytes } = await manager.export(shard);
    const { digest } = shard.fields;
    const worker = new AdoptingWorker(fd, sizeBytes, digest);
    closeSync(fd);
    expect(await worker.told()).toMatchObject({
      seal: { digest, vram_bytes: MODEL.length, shard_id: 'adopted', worker_id: 'gpu-0-reader' },
    });
    expect(await worker.verify()).toMatchObject({ outcome: { mode: 'full' }, state: 'ready' });
    expect(standIn.flipBit(0, 1_000_000, 3)).toBe(true);
    expect(await worker.verify()).toEqual({
      outcome: { code: 'VERIFICATION_FAILED', reason: 'digest_mismatch' },
      state: 'stopped',
    });
    expect(await worker.end()).toEqual({
      released: { freedBytes: 0, zeroed: false },
      events: [
        {
          type: 'vram_sealed',
          members: expect.objectContaining({ adopted: true, exclusive: false, read_only: true, digest }),
        },
        { type: 'seal_verified', members: expect.anything() },
        { type: 'seal_verification_failed', members: expect.objectContaining({ reason: 'digest_mismatch' }) },
        {
          type: 'vram_deallocated',
          members: expect.objectContaining({ freed_bytes: 0, remaining_used: 0, zeroed: false }),
        },
      ],
      exitCode: 0,
    });
  });

  test('a descriptor adopts in this process: executed, verified, scrubbed and released without counting', async () => {
    const owner = await open();
    const shared = await owner.export(await owner.sealModel(MODEL, { exportable: true }));
    sink.events.length = 0;
    const shard = await manager.adopt(shared, { digest: 'sha256-fsverity', modelRef: 'm' });
    closeSync(shared.fd);
    expect(sink.types()).toEqual(['vram_sealed']);
    expect(manager.metrics()).toMatchObject({ usedBytes: 0, bytesLoaded: 0, seals: 1 });
    const seen = await manager.execute([shard], ([view]) => [view?.sizeBytes, typeof view?.external]);
    expect(seen).toEqual([MODEL.length, 'object']);
    const scrubber = manager.scrub({ bytesPerSecond: 2 ** 30 });
    await expect.poll(() => manager.metrics().verifications).toBeGreaterThan(1);
    await scrubber.stop();
    expect(await manager.release(shard)).toEqual({ freedBytes: 0, zeroed: false });
    await expect(owner.verifySealed(owner.list()[0] as never)).resolves.toMatchObject({ mode: 'full' });
    await owner.close();
  });

  test('memory of native code of this process is sealed by its external, and gone when its owner freed it', async () => {
    await using device = await cudaBackend().open(0);
    const allocation = await owned(device);
    const shard = await manager.adopt({ external: allocation.external as object });
    await manager.verifySealed(shard);
    await allocation.free();
    await expect(manager.verifySealed(shard)).rejects.toMatchObject({
      code: 'VERIFICATION_FAILED',
      reason: 'device_error',
    });
    expect(await manager.release(shard)).toEqual({ freedBytes: 0, zeroed: false });
    await expect(manager.adopt({ external: allocation.external as object })).rejects.toMatchObject({
      code: 'WORKER_STOPPED',
    });
  });

  test('releasing an exported shard overwrites it for those who adopted it too', async () => {
    const owner = await open();
    const original = await owner.sealModel(MODEL, { exportable: true });
    const shared = await owner.export(original);
    const shard = await manager.adopt(shared);
    closeSync(shared.fd);
    await owner.release(original);
    await expect(owner.export(original)).rejects.toMatchObject({ code: 'SHARD_RELEASED' });
    await expect(manager.verifySealed(shard)).rejects.toMatchObject({ reason: 'digest_mismatch' });
    await owner.close();
  });

  test('what is not expected, too large, or managed memory is let go of and not sealed', async () => {
    await using device = await cudaBackend().open(0);
    const { external } = await owned(device);
    const source = { external: external as object };
    await expect(manager.adopt(source, { expected: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'SEAL_REJECTED',
      reason: 'expected_digest_mismatch',
    });
    setFacts({ is_managed: 1 });
    await expect(manager.adopt(source)).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
    expect(manager.state).toBe('stopped');
    expect(sink.types()).toEqual(['seal_rejected', 'policy_violation']);
    expect(manager.list()).toEqual([]);
    await expect(manager.adopt(source)).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  });

  test('what cannot be adopted is refused with a code, and leaves no record', async () => {
    await using device = await cudaBackend().open(0);
    const allocation = await owned(device);
    const file = openSync(process.execPath, 'r');
    const refused: readonly AdoptSource[] = [
      { fd: file, sizeBytes: MIB },
      { fd: 1_000_000, sizeBytes: MIB },
    ];
    for (const source of refused) {
      await expect(manager.adopt(source)).rejects.toMatchObject({ code: 'NOT_ADOPTABLE' });
    }
    closeSync(file);
    const external = allocation.external as object;
    await allocation.free();
    await expect(manager.adopt({ external })).rejects.toMatchObject({ code: 'NOT_ADOPTABLE' });
    await expect(manager.adopt({ external: {} })).rejects.toBeInstanceOf(TypeError);
    await expect(manager.adopt({ fd: 0, sizeBytes: 0 })).rejects.toBeInstanceOf(RangeError);
    await expect(manager.adopt({ external }, { expected: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject(
      {
        code: 'INVALID_ARGUMENT',
      },
    );
    expect(sink.types()).toEqual([]);
    expect(manager.state).toBe('ready');
  });

  test('a shard that was not sealed as exportable is not exported', async () => {
    const shard = await manager.sealModel(MODEL);
    await expect(manager.export(shard)).rejects.toMatchObject({ code: 'NOT_EXPORTABLE' });
    setFacts({ file_descriptors: 0 });
    await expect(manager.sealModel(MODEL, { exportable: true })).rejects.toMatchObject({
      code: 'NOT_EXPORTABLE',
    });
    expect(sink.types()).toEqual(['vram_allocated', 'vram_sealed']);
  });
});

async function owned(
  device: Awaited<ReturnType<ReturnType<typeof cudaBackend>['open']>>,
): Promise<Allocation> {
  const allocation = await device.allocate(MODEL.length);
  await allocation.write(0, MODEL);
  // Who hands memory over has finished writing it.
  await allocation.digest('blake3');
  return allocation;
}

test('the simulated device shares nothing', async () => {
  const { manager } = await openWorker();
  await expect(manager.adopt({ fd: 3, sizeBytes: 1 })).rejects.toMatchObject({ code: 'NOT_ADOPTABLE' });
  await expect(manager.sealModel(MODEL, { exportable: true })).rejects.toMatchObject({
    code: 'NOT_EXPORTABLE',
  });
  const shard = await manager.sealModel(MODEL);
  await expect(manager.export(shard)).rejects.toMatchObject({ code: 'NOT_EXPORTABLE' });
  await manager.close();
});
