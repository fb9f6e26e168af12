import { AuditError } from '../errors.js';
import { openRegularFile } from './regular-file.js';

const MAX_SECRET_BYTES = 65_536;

/**
 * Reads a file that holds a secret; a line end after it is no part of it.
 *
 * @throws {@link AuditError} `INSECURE_KEY_FILE` if others than its owner can read it, `INVALID_SOURCE`
 */
export async function readSecretFile(path: string): Promise<string> {
  const file = await openRegularFile(path, 'The file with the secret', 'followed');
  if (file === undefined) throw new AuditError('INVALID_SOURCE', 'The file with the secret does not exist');
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw new AuditError(
        'INSECURE_KEY_FILE',
        'The file with the secret can be read by others; expected mode 0600',
      );
    }
    if (size > MAX_SECRET_BYTES) {
      throw new AuditError(
        'INVALID_SOURCE',
        `The file with the secret has more than ${MAX_SECRET_BYTES} bytes`,
      );
    }
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}
