import { parseRootKey } from '../keys/epoch-keys.js';
import { readSecretFile } from '../node/secret-file.js';
import type { CommandIo } from './io.js';
import { readGivenText } from './read-given-file.js';
import { UsageError } from './usage-error.js';

/** The root of a log's MAC keys as a user gave it; at most one of the two. */
export interface GivenRoot {
  readonly rootKey?: Uint8Array;
  readonly secret?: string;
}

/**
 * The root key or the secret from the file that was named, else the secret from the environment.
 *
 * @throws {@link UsageError} if both files are named; `AuditError` if one cannot be used
 */
export async function givenRoot(
  rootKeyFile: string | undefined,
  secretFile: string | undefined,
  io: CommandIo,
): Promise<GivenRoot> {
  if (rootKeyFile !== undefined && secretFile !== undefined) {
    throw new UsageError('Expected --root-key-file or --secret-file but received both');
  }
  if (rootKeyFile !== undefined) return { rootKey: parseRootKey(await readSecretFile(rootKeyFile)) };
  const secret = await givenSecret(secretFile, io);
  return secret === undefined ? {} : { secret };
}

/** The secret from the file that was named, else from the environment. */
export async function givenSecret(
  secretFile: string | undefined,
  { environment }: CommandIo,
): Promise<string | undefined> {
  if (secretFile !== undefined) return readSecretFile(secretFile);
  return environment['VRAM_RESIDENCY_AUDIT_SECRET'] || undefined;
}

/** A verifier key as text, from the argument itself or from the file it names. */
export async function givenVerifierKey(argument: string): Promise<string> {
  // A verifier key holds two `+`, with a key ID in between; a file's name hardly ever does.
  return /^[^+]+\+[0-9a-f]{8}\+/.test(argument) ? argument : readGivenText(argument);
}
