import { parseRootKey } from '@vram-residency/audit-chain';
import { type AuditLogOptions, readSecretFile } from '@vram-residency/audit-chain/node';
import { MIN_TOKEN_BYTES, SealError } from '@vram-residency/seal-crypto';
import type { CommandIo } from '../command-io.js';
import { FailureAbout } from '../failure/failure-about.js';
import { UsageError } from '../usage-error.js';
import type { SealRequest } from './seal-request.js';

/** What a worker knows and nobody is shown. */
export interface WorkerSecrets {
  /** The seal key is derived from it. */
  readonly token: string;
  /** Where the root of a new log comes from; empty: from chance. */
  readonly root: Pick<AuditLogOptions, 'secret' | 'rootKey'>;
}

/**
 * Reads the secrets from the files that are named, else from the environment.
 *
 * @throws UsageError; SealError `TOKEN_TOO_SHORT`; AuditError `INSECURE_KEY_FILE`, `INVALID_SOURCE`, `INVALID_KEY`
 */
export async function readWorkerSecrets(
  request: SealRequest,
  environment: CommandIo['environment'],
): Promise<WorkerSecrets> {
  const token = await secretOf(request.tokenFile, environment['VRAM_RESIDENCY_TOKEN']);
  if (token === undefined) {
    throw new UsageError('Expected the worker’s token in VRAM_RESIDENCY_TOKEN or --token-file', 'seal');
  }
  // The manager checks it too, but only after a log was made.
  if (Buffer.byteLength(token) < MIN_TOKEN_BYTES) {
    throw new SealError('TOKEN_TOO_SHORT', `The worker’s token has fewer than ${MIN_TOKEN_BYTES} bytes`);
  }
  return { token, root: await readRoot(request, environment) };
}

async function readRoot(
  { rootKeyFile, secretFile }: SealRequest,
  environment: CommandIo['environment'],
): Promise<WorkerSecrets['root']> {
  if (rootKeyFile !== undefined) return { rootKey: parseRootKey(await readNamed(rootKeyFile)) };
  const secret = await secretOf(secretFile, environment['VRAM_RESIDENCY_AUDIT_SECRET']);
  return secret === undefined ? {} : { secret };
}

/** An empty variable counts as unset, as it does in most shells' scripts; an empty file does not. */
async function secretOf(file: string | undefined, variable: string | undefined): Promise<string | undefined> {
  return file === undefined ? variable || undefined : readNamed(file);
}

async function readNamed(file: string): Promise<string> {
  return readSecretFile(file).catch((error: unknown) => {
    throw new FailureAbout(file, error);
  });
}
