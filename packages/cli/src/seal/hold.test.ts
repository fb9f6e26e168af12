import { setTimeout as delay } from 'node:timers/promises';
import { simulatedBackend } from '@vram-residency/device';
import { vramOnly } from '@vram-residency/policy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VramManager } from 'vram-residency';
import { InterruptedError } from '../interrupted-error.js';
import { hold } from './hold.js';

const FAST = 2 ** 40;
let backend: ReturnType<typeof simulatedBackend>;
let vram: VramManager;
let ending: AbortController;

beforeEach(async () => {
  backend = simulatedBackend();
  vram = await VramManager.open({
    backend,
    workerToken: 'token-of-the-worker-0123456789',
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
  });
  await vram.sealModel(new Uint8Array(4096).fill(7), { shardId: 'a' });
  ending = new AbortController();
});
afterEach(() => vram.close());

const held = (bytesPerSecond = FAST) => hold(vram, { bytesPerSecond, signal: ending.signal });
const interrupt = () => ending.abort(new InterruptedError('SIGTERM'));
async function verifications(count: number): Promise<void> {
  while (vram.metrics().verifications < count) await delay(5);
}

test('verifies what is resident over and over until a signal, and leaves it resident', async () => {
  const holding = held();
  await verifications(3);
  interrupt();
  await holding;
  const { verifications: seen } = vram.metrics();
  await delay(50);
  expect(vram.metrics()).toMatchObject({ verifications: seen, residentShards: 1 });
});

test('does not verify faster than asked', async () => {
  const holding = held(4096 * 10);
  await delay(500);
  interrupt();
  await holding;
  expect(vram.metrics().verifications).toBeLessThanOrEqual(6);
});

test('ends as soon as a seal does not verify', async () => {
  const [allocation] = backend.faults.allocations;
  if (allocation === undefined) throw new Error('The shard has no allocation');
  const holding = held();
  await verifications(1);
  backend.faults.flipBit(allocation, { offset: 4095, bit: 7 });
  await expect(holding).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
    shardId: 'a',
    reason: 'digest_mismatch',
  });
});

test('a verification that fails after the signal is a failure still', async () => {
  backend.faults.flipBitAtCall({ operation: 'digest', offset: 0 });
  const holding = held();
  interrupt();
  await expect(holding).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
});

test('ends with what interrupted it, if that was no signal', async () => {
  const failure = new Error('The log cannot be written');
  const holding = held();
  ending.abort(failure);
  await expect(holding).rejects.toBe(failure);
});

test('ends at once where it was interrupted before, and refuses a rate that is none', async () => {
  interrupt();
  await held();
  await expect(held(0)).rejects.toThrow(RangeError);
  expect(vram.metrics()).toMatchObject({ residentShards: 1 });
});
