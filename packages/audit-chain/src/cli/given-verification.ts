import { nodeHashes } from '../node/node-hashes.js';
import type { VerifyOptions } from '../verify/verify-log.js';
import { givenRoot, givenVerifierKey } from './given-keys.js';
import type { CommandIo } from './io.js';
import { readGivenText } from './read-given-file.js';

/** The options, for `parseArgs`, of every command that verifies a log. */
export const VERIFICATION_OPTIONS = {
  vkey: { type: 'string' },
  'root-key-file': { type: 'string' },
  'secret-file': { type: 'string' },
  anchor: { type: 'string', multiple: true },
} as const;

export const VERIFICATION_USAGE =
  '[--vkey STRING|FILE] [--root-key-file F | --secret-file F] [--anchor FILE]...';

/** What `--help` says of them. */
export const VERIFICATION_HELP = `  --vkey K            the verifier key, or a file with it, from someone you trust: checkpoints are judged by it
  --root-key-file F   a file with mode 0600: the log's root key; MACs are checked
  --secret-file F     a file with mode 0600: the secret the root key is derived from;
                      or the secret is in VRAM_RESIDENCY_AUDIT_SECRET
  --anchor FILE       a checkpoint that was kept elsewhere; may be given several times
`;

/** Values of {@link VERIFICATION_OPTIONS}. */
export interface VerificationValues {
  readonly vkey?: string | undefined;
  readonly 'root-key-file'?: string | undefined;
  readonly 'secret-file'?: string | undefined;
  readonly anchor?: readonly string[] | undefined;
}

/**
 * What a log is verified with, as a user gave it.
 *
 * @throws `UsageError`, `AuditError` if a key, a secret or a file cannot be used
 */
export async function givenVerification(values: VerificationValues, io: CommandIo): Promise<VerifyOptions> {
  const engine = io.recordEngine?.();
  return {
    hashes: nodeHashes,
    ...(engine === undefined ? {} : { engine }),
    ...(await givenRoot(values['root-key-file'], values['secret-file'], io)),
    ...(values.vkey === undefined ? {} : { vkey: await givenVerifierKey(values.vkey) }),
    ...(values.anchor === undefined ? {} : { anchors: await Promise.all(values.anchor.map(readGivenText)) }),
  };
}
