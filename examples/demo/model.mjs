// @ts-check
import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeModelFile } from './model-file.mjs';

const DEFAULT_MIB = 64;
const MAX_MIB = 1024;

/** Why the demonstration cannot begin: one sentence for whoever started it. */
export class CannotStart extends Error {
  /** @override */
  name = 'CannotStart';
}

/**
 * The file to seal: the one that was named, or one that is made once.
 *
 * @param {string | undefined} named
 * @param {string} folder where a made file goes
 * @returns {{ readonly path: string, readonly sizeBytes: number, readonly made: boolean }}
 */
export function modelToSeal(named, folder) {
  if (named !== undefined) return { ...checked(resolve(named)), made: false };
  const setting = process.env['DEMO_MODEL_MIB'] ?? String(DEFAULT_MIB);
  const sizeMib = Number(setting);
  if (!Number.isSafeInteger(sizeMib) || sizeMib < 1 || sizeMib > MAX_MIB) {
    throw new CannotStart(
      `DEMO_MODEL_MIB is ${JSON.stringify(setting)}, not a whole number from 1 to ${MAX_MIB}.`,
    );
  }
  const path = join(folder, `model-${sizeMib}.safetensors`);
  makeModelFile(path, sizeMib);
  return { ...checked(path), made: true };
}

/** @param {string} path */
function checked(path) {
  const shown = JSON.stringify(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CannotStart(`There is no file ${shown}.`);
  if (!stats.isFile()) throw new CannotStart(`${shown} is not a regular file.`);
  if (stats.size === 0) throw new CannotStart(`The file ${shown} is empty: there is nothing to seal.`);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new CannotStart(`The file ${shown} may not be read by this user.`);
  }
  return { path, sizeBytes: stats.size };
}
