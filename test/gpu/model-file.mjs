// @ts-check
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE_BYTES = 8 * 2 ** 20;

/**
 * Calls `use` with the path of a file of random bytes in a folder that is there for it alone.
 *
 * @template T
 * @param {number} sizeBytes
 * @param {(path: string, folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withModelFile(sizeBytes, use) {
  const folder = mkdtempSync(join(tmpdir(), 'vram-residency-gpu-'));
  try {
    const path = join(folder, 'model.bin');
    const file = openSync(path, 'w');
    for (let left = sizeBytes; left > 0; left -= PIECE_BYTES) {
      writeSync(file, randomFillSync(Buffer.alloc(Math.min(left, PIECE_BYTES))));
    }
    closeSync(file);
    return await use(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
