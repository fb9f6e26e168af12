import { fromUtf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { readSmallFile } from '../node/regular-file.js';
import { MAX_SMALL_FILE_BYTES } from '../source/log-source.js';

/** @throws {@link AuditError} `INVALID_SOURCE` if the file that a user named cannot be read, or is too large */
export async function readGivenFile(path: string): Promise<Uint8Array> {
  const bytes = await readSmallFile(path, path, MAX_SMALL_FILE_BYTES, 'followed');
  if (bytes === undefined) throw new AuditError('INVALID_SOURCE', `${path} does not exist`);
  return bytes;
}

/** @throws {@link AuditError} `INVALID_SOURCE`, also if it is not UTF-8 */
export async function readGivenText(path: string): Promise<string> {
  const text = fromUtf8(await readGivenFile(path));
  if (text === undefined) throw new AuditError('INVALID_SOURCE', `${path} is not UTF-8`);
  return text;
}
