import { randomBytes } from 'node:crypto';

/** Makes the name of a temporary file one that no other operation uses. */
export function uniqueSuffix(): string {
  return randomBytes(8).toString('hex');
}
