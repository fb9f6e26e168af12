// @ts-check
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const LAYERS = 8;
const ROW_BYTES = 4096;

/**
 * Writes a valid safetensors file once: a real header, several float32 tensors, weights from a fixed seed.
 *
 * @param {string} path
 * @param {number} sizeMib approximate size in MiB
 */
export function makeModelFile(path, sizeMib) {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  const rows = Math.max(1, Math.floor((sizeMib * 2 ** 20) / LAYERS / ROW_BYTES));
  const tensorBytes = rows * ROW_BYTES;
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { format: 'pt', note: 'generated, seed 1' } };
  for (let layer = 0; layer < LAYERS; layer++) {
    header[`layers.${layer}.weight`] = {
      dtype: 'F32',
      shape: [rows, ROW_BYTES / 4],
      data_offsets: [layer * tensorBytes, (layer + 1) * tensorBytes],
    };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const partial = `${path}.partial`;
  const file = openSync(partial, 'w');
  writeSync(file, Buffer.concat([length, padded]));
  const row = new Float32Array(ROW_BYTES / 4);
  for (let i = 0; i < LAYERS * rows; i++) {
    const seed = createHash('sha256').update(`1 ${i}`).digest();
    let state = seed.readUInt32LE(0);
    for (let j = 0; j < row.length; j++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      row[j] = state / 2 ** 32 - 0.5;
    }
    writeSync(file, new Uint8Array(row.buffer));
  }
  closeSync(file);
  renameSync(partial, path);
}
