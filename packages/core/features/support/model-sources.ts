import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSource } from 'vram-residency';
import { named } from './named.js';
import type { World } from './world.js';

const PIECE_BYTES = 2 ** 20;

/** Writes a model file that was last changed long ago, so that any change shows. */
export function writeModel(world: World, bytes: Uint8Array): string {
  const path = join(world.scratch, 'model.safetensors');
  writeFileSync(path, bytes);
  utimesSync(path, new Date('2026-01-02'), new Date('2026-01-02'));
  return path;
}

/** Bytes in pieces of 1 MiB. */
export async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}

const SOURCES: Readonly<Record<string, (world: World, bytes: Uint8Array) => ModelSource>> = {
  'a file': writeModel,
  memory: (_world, bytes) => bytes,
  'a Blob': (_world, bytes) => new Blob([new Uint8Array(bytes)]),
  'a stream': (_world, bytes) => ({ stream: pieces(bytes), sizeBytes: bytes.length }),
};

/** Bytes as a source of the kind that a feature names. */
export function sourceOf(kind: string, world: World, bytes: Uint8Array): ModelSource {
  return named(SOURCES, kind)(world, bytes);
}
