import assert from 'node:assert/strict';
import type { Allocation } from '../allocation.js';
import type { Device } from '../device.js';
import { DeviceError, type DeviceErrorCode } from '../device-error.js';
import type { BackendUnderTest, ConformanceCase } from './subject.js';

export const MIB: number = 1024 ** 2;

/** The digests that are computed in place. */
export const IN_PLACE = ['blake3', 'sha256-fsverity'] as const;

/** A case over an open device, which it closes. */
export function deviceCase(
  name: string,
  body: (device: Device, subject: BackendUnderTest) => Promise<string | undefined>,
): ConformanceCase {
  return {
    name,
    async run(subject) {
      const device = await subject.backend.open(subject.index ?? 0);
      try {
        return await body(device, subject);
      } finally {
        await device.close();
      }
    },
  };
}

/** Asserts that a promise rejects with a DeviceError of that code. */
export async function rejectsWithCode(promise: Promise<unknown>, code: DeviceErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof DeviceError, `expected a DeviceError but got ${String(error)}`);
    assert.equal(error.code, code);
    assert.equal(error.retriable, code === 'OUT_OF_MEMORY');
    return true;
  });
}

/** Asserts that a promise rejects with a RangeError: a caller's mistake. */
export async function rejectsRange(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, RangeError);
}

/** Asserts that the device's free memory is what it was, give or take what the subject allows. */
export async function freeMemoryIs(
  device: Device,
  freeBytes: number,
  { slackBytes = 0 }: BackendUnderTest,
): Promise<void> {
  const now = (await device.memory()).freeBytes;
  assert.ok(Math.abs(now - freeBytes) <= slackBytes, `expected ${freeBytes} bytes free but found ${now}`);
}

/** Numbers below 2³², the same at every run (xorshift). */
export function numbersFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Bytes without a pattern, the same at every run. */
export function bytesFrom(seed: number, sizeBytes: number): Uint8Array {
  const next = numbersFrom(seed);
  return Uint8Array.from({ length: sizeBytes }, () => next() >>> 11);
}

/** Allocates, and writes bytes without a pattern in pieces of several sizes. */
export async function filled(
  device: Device,
  sizeBytes: number,
  seed: number,
): Promise<{ readonly allocation: Allocation; readonly bytes: Uint8Array }> {
  const allocation = await device.allocate(sizeBytes);
  const bytes = bytesFrom(seed, sizeBytes);
  const next = numbersFrom(seed + 1);
  for (let offset = 0; offset < sizeBytes; ) {
    const length = Math.min(sizeBytes - offset, 1 + (next() % (2 * MIB)));
    await allocation.write(offset, bytes.subarray(offset, offset + length));
    offset += length;
  }
  return { allocation, bytes };
}
