import fs from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeFileSystem } from './node-file-system.js';

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof import('node:fs')>();
  const write = vi.fn();
  const writeSync = vi.fn();
  return { ...actual, write, writeSync, default: { ...actual, write, writeSync } };
});

afterEach(() => {
  vi.mocked(fs.write).mockReset();
  vi.mocked(fs.writeSync).mockReset();
});

const operation = { op: 'write', fd: 7, bytes: new Uint8Array(100), position: 1000 } as const;
const diskFull = Object.assign(new Error('no space'), { code: 'ENOSPC' });

/** What write(2) does, call by call: so many bytes, or an error. */
function answers(...outcomes: readonly (number | Error)[]): { readonly calls: (readonly number[])[] } {
  const calls: number[][] = [];
  const next = (length: number, position: number): number => {
    const outcome = outcomes[calls.length] ?? expect.unreachable('one write too many');
    calls.push([length, position]);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const write = (...[, , , length, position, done]: unknown[]): void => {
    // As promisify takes it: it knows nothing of the second result of a function that is not Node's own.
    const callback = done as (error: unknown, result?: { readonly bytesWritten: number }) => void;
    try {
      callback(null, { bytesWritten: next(length as number, position as number) });
    } catch (error) {
      callback(error);
    }
  };
  vi.mocked(fs.write).mockImplementation(write as typeof fs.write);
  vi.mocked(fs.writeSync).mockImplementation(((...[, , , length, position]: unknown[]) =>
    next(length as number, position as number)) as typeof fs.writeSync);
  return { calls };
}

test.each([
  ['off the event loop', (): Promise<unknown> => nodeFileSystem.run(operation)],
  ['at once', async (): Promise<unknown> => nodeFileSystem.runSync(operation)],
])('a short write %s is a failure, with the reason of the system if it gives one', async (_, write) => {
  answers(100);
  await write();
  const { calls } = answers(60, diskFull);
  await expect(write()).rejects.toBe(diskFull);
  expect(calls).toEqual([
    [100, 1000],
    [40, 1060],
  ]);
  answers(60, 40);
  await expect(write()).rejects.toThrow('60');
  answers(0, 0);
  await expect(write()).rejects.toThrow('0');
});
