import { expect } from 'vitest';

/** What `toThrow` and `rejects.toEqual` take to ask for a SealError of this code. */
export function sealError(code: string, member?: string): Error {
  return expect.objectContaining({ name: 'SealError', code, ...(member !== undefined && { member }) });
}
