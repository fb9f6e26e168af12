import { expect, test } from 'vitest';
import { endingWith } from './ending-with.js';

const fails = (message: string) => async (): Promise<never> => {
  throw new Error(message);
};

test.each([
  ['the result', async () => 1, async () => undefined, 1, undefined, []],
  ['what the work threw', fails('work'), async () => undefined, undefined, 'work', []],
  ['what the end threw', async () => 1, fails('end'), undefined, 'end', []],
  ['what the work threw, and tells of the end', fails('work'), fails('end'), undefined, 'work', ['end']],
])('gives %s', async (_name, work, end, result, thrown, told) => {
  let ends = 0;
  const seconds: string[] = [];
  const outcome = endingWith<number>(
    work,
    () => {
      ends += 1;
      return end();
    },
    (error) => seconds.push((error as Error).message),
  );
  if (thrown === undefined) await expect(outcome).resolves.toBe(result);
  else await expect(outcome).rejects.toThrow(thrown);
  expect(ends).toBe(1);
  expect(seconds).toEqual(told);
});
