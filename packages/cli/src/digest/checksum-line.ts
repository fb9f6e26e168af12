import type { DigestAlgorithm } from '@vram-residency/seal-crypto';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };

/**
 * A line of a checksum file, without its end: `<hex>  <file>`. A name that would break the line is escaped and the
 * line begins with a backslash, as b3sum and sha256sum have it; a carriage return is escaped by sha256sum alone.
 */
export function checksumLine(algorithm: DigestAlgorithm, hex: string, file: string): string {
  const escaped = file.replace(algorithm === 'blake3' ? /[\\\n]/g : /[\\\n\r]/g, (character) => {
    return ESCAPES[character] as string;
  });
  return `${escaped === file ? '' : '\\'}${hex}  ${escaped}`;
}
