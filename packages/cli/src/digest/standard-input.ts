import { fstatSync } from 'node:fs';
import { SealError } from '@vram-residency/seal-crypto';

const STANDARD_INPUT = 0;

/**
 * The bytes of standard input.
 *
 * @throws SealError `READ_FAILED`, `NOT_A_FILE` for what Node would read as empty, such as a directory
 */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  try {
    const stats = fstatSync(STANDARD_INPUT);
    const isReadable = stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice();
    if (!isReadable) throw new SealError('NOT_A_FILE', 'Standard input is neither a file nor a stream');
    yield* process.stdin;
  } catch (cause) {
    if (cause instanceof SealError) throw cause;
    throw new SealError('READ_FAILED', 'Standard input could not be read', { cause });
  }
}
