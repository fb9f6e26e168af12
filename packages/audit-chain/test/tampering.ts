import { segmentName } from '../src/segment-name.js';

export type Files = ReadonlyMap<string, Uint8Array>;

/** The log with one file replaced, or removed where `bytes` is `undefined`. */
export function withFile(files: Files, name: string, bytes: Uint8Array | undefined): Map<string, Uint8Array> {
  const changed = new Map(files);
  if (bytes === undefined) changed.delete(name);
  else changed.set(name, bytes);
  return changed;
}

/** Names of the segments, in order. */
export function segmentNames(files: Files): string[] {
  return [...files.keys()].filter((name) => name.startsWith('segment-')).sort();
}

/** The lines of a segment, each with its LF. */
export function linesOf(files: Files, name: string): Uint8Array[] {
  const text = Buffer.from(files.get(name) as Uint8Array).toString('latin1');
  return (text.match(/[^\n]*\n/g) ?? []).map((line) => Buffer.from(line, 'latin1'));
}

/** The log with the lines of one segment replaced. */
export function withLines(files: Files, name: string, lines: readonly Uint8Array[]): Map<string, Uint8Array> {
  return withFile(files, name, Buffer.concat(lines));
}

/** The log without its oldest segments, as retention leaves it. */
export function pruned(files: Files, firstSeq: number): Map<string, Uint8Array> {
  const kept = [...files].filter(([name]) => !name.startsWith('segment-') || name >= segmentName(firstSeq));
  return new Map(kept);
}
