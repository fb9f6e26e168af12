import { readFileSync } from 'node:fs';
import type { DigestAlgorithm } from '../src/algorithms.js';
import type { SealFields } from '../src/seal-fields.js';

export type DigestVector = { readonly length: number } & Readonly<Record<DigestAlgorithm, string>>;

export interface SealVector {
  readonly token: string;
  readonly seal_key: string;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly preimage: string;
  readonly signature: string;
}

function read(name: string): { readonly cases: readonly unknown[] } {
  return JSON.parse(readFileSync(new URL(`./vectors/${name}`, import.meta.url), 'utf8'));
}

export const digestVectors: readonly DigestVector[] = read('digests.json').cases as readonly DigestVector[];
export const sealVectors: readonly SealVector[] = read('seals.json').cases as readonly SealVector[];

/** The vectors' input: byte i is i mod 251. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i % 251;
  return bytes;
}

/** A vector's fields with their names in TypeScript. */
export function sealFields({ fields }: SealVector): SealFields {
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [camel(name), value]),
  ) as unknown as SealFields;
}

/** Some valid seal, with model reference and shard numbers. */
export const someVector: SealVector = sealVectors[1] as SealVector;
export const someFields: SealFields = sealFields(someVector);
