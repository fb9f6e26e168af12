import { fromUtf8, toHex } from '../bytes.js';
import { AuditError } from '../errors.js';
import { isOrigin } from '../identity.js';
import { deriveRootKey } from '../keys/epoch-keys.js';
import { formatVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { openLog } from '../node/open-log.js';
import { openCheckpoint } from '../note/checkpoint.js';
import type { LogSource } from '../source/log-source.js';
import { readIdentity } from '../verify/log-identity.js';
import type { Command } from './command.js';
import { givenSecret } from './given-keys.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const vkeyCommand: Command = {
  usage: 'vkey LOG',
  help: `Prints the verifier key that the log names. It is the log's own word: an auditor gets it from someone to be trusted.
`,
  async run(args, io) {
    io.out(`${formatVerifierKey(await ownKey(await openOnlyLog(args)))}\n`);
    return 0;
  },
};

export const checkpointCommand: Command = {
  usage: 'checkpoint LOG',
  help: `Prints the newest signed checkpoint. Kept elsewhere it is an anchor: \`audit-chain verify LOG --anchor FILE\` then finds
out if records that it covers are changed or gone.
`,
  async run(args, io) {
    const source = await openOnlyLog(args);
    const bytes = await source.checkpoint();
    if (bytes === undefined) throw new AuditError('NOT_PROVABLE', 'The log has no checkpoint yet');
    const text = fromUtf8(bytes) ?? '';
    openCheckpoint(text, await ownKey(source));
    io.out(text);
    return 0;
  },
};

export const deriveRootCommand: Command = {
  usage: 'derive-root --origin O [--secret-file F]',
  help: `Prints the root key of one log, for an auditor who must not get the secret.

  --origin O        the log's origin, as \`audit-chain verify\` and log.json tell it
  --secret-file F   a file with mode 0600; default: the secret is in VRAM_RESIDENCY_AUDIT_SECRET
`,
  async run(args, io) {
    const { values } = parseCommandLine({
      args: [...args],
      options: { origin: { type: 'string' }, 'secret-file': { type: 'string' } },
    });
    const { origin } = values;
    if (origin === undefined || !isOrigin(origin)) {
      throw new UsageError('Expected --origin with the origin of a log');
    }
    const secret = await givenSecret(values['secret-file'], io);
    if (secret === undefined) {
      throw new UsageError('Expected the secret in VRAM_RESIDENCY_AUDIT_SECRET or --secret-file');
    }
    io.out(`${toHex(deriveRootKey(secret, origin))}\n`);
    return 0;
  },
};

function openOnlyLog(args: readonly string[]): Promise<LogSource> {
  const { positionals } = parseCommandLine({ args: [...args], allowPositionals: true, options: {} });
  return openLog(onlyPositional(positionals, 'a log'));
}

/** The key that a log names. */
export async function ownKey(source: LogSource): Promise<VerifierKey> {
  const malformed = (): void => {
    throw new AuditError('NOT_A_LOG', 'log.json is malformed');
  };
  const identity = await readIdentity(source, undefined, malformed);
  if (identity.ownKey === undefined) throw new AuditError('NOT_A_LOG', 'The log names no verifier key');
  return identity.ownKey;
}
