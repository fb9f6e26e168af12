import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AuditEvent, AuditSink } from '@vram-residency/audit-chain';
import { type SimulatedBackend, type SimulatedDeviceOptions, simulatedBackend } from '@vram-residency/device';
import { vramOnly } from '@vram-residency/policy';
import { VramManager, type VramManagerOptions } from 'vram-residency';

export const MIB: number = 2 ** 20;
export const TOKEN = 'token-of-the-worker-0123456789';

/** A sink that remembers events in the order in which they were emitted, and can be told to fail. */
export class RememberingSink implements AuditSink {
  readonly events: AuditEvent[] = [];
  /** Whether records cannot be made durable from now on. */
  isDown = false;

  emit(event: AuditEvent): { durable: Promise<{ seq: number; leaf: Uint8Array }> } {
    this.events.push(event);
    const receipt = { seq: this.events.length - 1, leaf: new Uint8Array(32) };
    const durable = this.isDown ? Promise.reject(new Error('disk full')) : Promise.resolve(receipt);
    durable.catch(() => undefined);
    return { durable };
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** The members of the only event of a type. */
  only(type: string): AuditEvent['members'] {
    const [event, ...more] = this.events.filter((candidate) => candidate.type === type);
    if (event === undefined || more.length > 0)
      throw new Error(`Expected one ${type}, found ${this.types()}`);
    return event.members;
  }
}

/** Small enough to be exhausted by tests, though it says that it has what the policy asks for. */
const SMALL_DEVICE: SimulatedDeviceOptions = {
  capacityBytes: 64 * MIB,
  facts: { totalBytes: 8 * 1024 * MIB },
};

/** A worker on simulated devices whose events are remembered. */
export interface Worker {
  readonly manager: VramManager;
  readonly backend: SimulatedBackend;
  readonly sink: RememberingSink;
  /** What `onError` was told. */
  readonly errors: unknown[];
}

export async function openWorker(
  options: Partial<VramManagerOptions> & { readonly device?: SimulatedDeviceOptions } = {},
): Promise<Worker> {
  const { device = {}, ...more } = options;
  const backend = simulatedBackend({ devices: [{ ...SMALL_DEVICE, ...device }] });
  const sink = new RememberingSink();
  const errors: unknown[] = [];
  const manager = await VramManager.open({
    backend,
    workerToken: TOKEN,
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
    auditLog: sink,
    onError: (error) => errors.push(error),
    ...more,
  });
  return { manager, backend, sink, errors };
}

/** The only allocation there is, for faults. */
export function allocationOf(backend: SimulatedBackend) {
  const [allocation, ...more] = backend.faults.allocations;
  if (allocation === undefined || more.length > 0) throw new Error('Expected one allocation');
  return allocation;
}

/** Runs a program of `programs/` in a process of its own and gives the JSON that it prints. */
export function runProgram(program: string, ...flags: string[]): unknown {
  const path = fileURLToPath(new URL(`./programs/${program}`, import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, path], { encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`${program} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
