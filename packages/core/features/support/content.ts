import { createHash } from 'node:crypto';

const UNITS: Readonly<Record<string, number>> = {
  byte: 1,
  bytes: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Whether a text is a number of bytes, such as `8 MiB`. */
export function isSize(text: string): boolean {
  const [count = '', unit = '', ...rest] = text.split(' ');
  return /^\d+$/.test(count) && unit in UNITS && rest.length === 0;
}

/** The number of bytes that a text such as `8 MiB` or `1 byte` names. */
export function parseSize(text: string): number {
  if (!isSize(text)) throw new RangeError(`Expected a size such as "8 MiB" but received "${text}"`);
  const [count, unit] = text.split(' ');
  return Number(count) * (UNITS[unit as string] as number);
}

/**
 * The content that a text describes: `5 MiB of zeros`, `1 byte of ones`, or `3 MiB`, which look random and are the
 * same for the same name.
 */
export function content(description: string, name: string): Uint8Array {
  const [size = '', fill] = description.split(' of ');
  const sizeBytes = parseSize(size);
  if (fill === 'zeros') return new Uint8Array(sizeBytes);
  if (fill === 'ones') return new Uint8Array(sizeBytes).fill(0xff);
  if (fill !== undefined) throw new RangeError(`Expected zeros or ones but received "${fill}"`);
  return new Uint8Array(createHash('shake256', { outputLength: sizeBytes }).update(name).digest());
}

/** The first bytes of a content that looks random: they must turn up nowhere but in memory. */
export function contentMarker(name: string): Buffer {
  return createHash('shake256', { outputLength: 24 }).update(name).digest();
}
