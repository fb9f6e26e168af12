import type { AuditEvent, AuditSink } from '@vram-residency/audit-chain';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { DeviceError } from '@vram-residency/device';
import { describe, expect, it } from 'vitest';
import { PolicyError, VramError, VramManager, vramOnly } from 'vram-residency';
import { isBuilt, RESOURCES, setFacts, useStandIn } from '../../cuda-backend/test/stand-in.js';

const MIB = 2 ** 20;
const OUT_OF_MEMORY = 2;
const ECC_UNCORRECTABLE = 214;
const UNKNOWN = 999;

const MODEL = Uint8Array.from({ length: MIB + 17 }, (_, i) => (i * 31) >>> 3);

/** Remembers every event, in order. */
class RememberingSink implements AuditSink {
  readonly events: AuditEvent[] = [];

  emit(event: AuditEvent): { durable: Promise<{ seq: number; leaf: Uint8Array }> } {
    this.events.push(event);
    return { durable: Promise.resolve({ seq: this.events.length - 1, leaf: new Uint8Array(32) }) };
  }

  members(type: string): AuditEvent['members'][] {
    return this.events.filter((event) => event.type === type).map(({ members }) => members);
  }
}

interface Cycle {
  readonly sink: RememberingSink;
  readonly outcome: unknown;
}

/** A worker's whole life, from the driver to the end, closed twice at most: the second time after a failure. */
async function cycle(): Promise<Cycle> {
  const sink = new RememberingSink();
  let manager: VramManager | undefined;
  let outcome: unknown;
  try {
    // Without a backend: the default is CUDA.
    manager = await VramManager.open({
      workerToken: 'token-of-the-worker-0123456789',
      workerId: 'gpu-0',
      policy: vramOnly({ allowSimulated: true }),
      auditLog: sink,
      onError: () => {},
    });
    const first = await manager.sealModel(MODEL, { shardId: 'first' });
    const second = await manager.sealModel(new Uint8Array(4097).fill(9), {
      shardId: 'second',
      digest: 'sha256-fsverity',
    });
    await manager.verifySealed(first);
    await manager.execute([first, second], ([view]) => view?.sizeBytes, { verify: 'full' });
    await manager.release(first);
  } catch (error) {
    outcome = error;
  }
  try {
    await manager?.close();
  } catch (error) {
    outcome ??= error;
    await manager?.close().catch((again: unknown) => {
      outcome = again;
    });
  }
  return { sink, outcome };
}

/** What the log says is held at its end; every record on the way must add up with the one before. */
function replay(sink: RememberingSink): number {
  let used = 0;
  for (const { type, members } of sink.events) {
    if (type === 'vram_allocated') {
      used += members['allocated_bytes'] as number;
      expect(members['used_bytes']).toBe(used);
    } else if (type === 'vram_deallocated') {
      used -= members['freed_bytes'] as number;
      expect(members['remaining_used']).toBe(used);
    }
  }
  return used;
}

function expectKnown(error: unknown): void {
  if (error === undefined) return;
  const known = error instanceof VramError || error instanceof PolicyError || error instanceof DeviceError;
  expect(known, String(error)).toBe(true);
}

describe.skipIf(!isBuilt)('every driver call of a worker fails in turn', async () => {
  if (!isBuilt) return;
  setFacts({ total_bytes: 2048 * MIB });
  const standIn = useStandIn();
  const { outcome, sink: healthy } = await cycle();
  const trace = standIn.trace();
  standIn.restore();
  const calls = trace.map((name, i) => ({ name, nth: i + 1 }));

  function expectNothingHeld(): void {
    for (const resource of RESOURCES) expect(standIn.held(resource), resource).toBe(0);
    expect(standIn.usedBytes()).toBe(0);
    expect(standIn.violations()).toBe(0);
  }

  it('a cycle without failures works and leaves nothing', () => {
    expect(outcome).toBeUndefined();
    expect(healthy.members('vram_sealed')).toHaveLength(2);
    expect(replay(healthy)).toBe(0);
    expectNothingHeld();
    expect(new Set(trace).size).toBeGreaterThan(30);
  });

  for (const result of [UNKNOWN, OUT_OF_MEMORY]) {
    it.each(calls)(
      `call $nth, $name, gives ${result}: nothing leaks, the records agree, the next cycle works`,
      async ({ nth }) => {
        standIn.restore();
        standIn.fail('', nth, result, false);
        const { sink, outcome: failed } = await cycle();
        expect(standIn.pending()).toBe(0);
        expectKnown(failed);
        expect(replay(sink)).toBe(0);
        for (const members of sink.members('vram_sealed')) {
          expect(['first', 'second']).toContain(members['shard_id']);
          expect(members['simulated']).toBe(true);
        }
        expectNothingHeld();
        expect((await cycle()).outcome).toBeUndefined();
        expectNothingHeld();
      },
    );
  }

  for (const result of [ECC_UNCORRECTABLE]) {
    it.each(calls)(
      `call $nth, $name, loses the device with ${result}: refused as that, the process lives`,
      async ({ nth }) => {
        standIn.restore();
        standIn.fail('', nth, result, true);
        const { sink, outcome: failed } = await cycle();
        expectKnown(failed);
        expect(replay(sink)).toBe(0);
        const next = await cudaBackend()
          .open(0)
          .then(
            () => undefined,
            (error: unknown) => error,
          );
        expect(next).toBeInstanceOf(DeviceError);
        expect((next as DeviceError).code).toBe('DEVICE_LOST');
      },
    );
  }
});
