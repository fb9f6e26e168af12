// @ts-check
// What a witness must never forget: the latest checkpoint that it cosigned of each log.
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export class LatestCheckpoints {
  #directory;

  /** @param {string} directory made if need be */
  constructor(directory) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
  }

  /**
   * @param {string} origin
   * @returns {string | undefined} the signed note; `undefined` if the log is new
   */
  read(origin) {
    try {
      return readFileSync(this.#path(origin), 'utf8');
    } catch (error) {
      // Only a file that is not there says that the log is new: anything else must not make the witness forget.
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /**
   * Replaces the checkpoint durably: it is on disk before the witness answers.
   *
   * @param {string} origin
   * @param {string} note
   */
  write(origin, note) {
    const path = this.#path(origin);
    const temporary = `${path}.tmp`;
    rmSync(temporary, { force: true });
    const file = openSync(temporary, 'wx');
    writeFileSync(file, note);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, path);
    const directory = openSync(this.#directory, 'r');
    fsyncSync(directory);
    closeSync(directory);
  }

  /** @param {string} origin */
  #path(origin) {
    return join(this.#directory, `${createHash('sha256').update(origin).digest('hex')}.checkpoint`);
  }
}
