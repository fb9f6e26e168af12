import { AuditError } from '../errors.js';
import { formatVerifierKey } from '../keys/verifier-key.js';
import { AuditLog } from '../node/audit-log.js';
import { openLog } from '../node/open-log.js';
import { hasLog, lastCheckpoint } from '../node/rollover.js';
import type { Checkpoint } from '../note/checkpoint.js';
import type { Command } from './command.js';
import { explain, explanationLine } from './explain.js';
import { givenRoot } from './given-keys.js';
import type { CommandIo } from './io.js';
import { ownKey } from './key-commands.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const initCommand: Command = {
  usage: 'init DIR --worker-id ID [--secret-file F | --root-key-file F] [--continues OLD] [--json]',
  help: `Creates a log, and prints its origin and its verifier key. Without a secret and a root key a random root key is made,
which is printed once, with what to do with it.

  --worker-id ID      letters, digits and ._:- , at most 128
  --secret-file F     a file with mode 0600: the root key is derived from the secret in it, at least 16 bytes;
                      or the secret is in VRAM_RESIDENCY_AUDIT_SECRET
  --root-key-file F   a file with mode 0600: 64 hex digits, the root key of this one log
  --continues OLD     the log before, closed: record 0 names its last checkpoint, and \`audit-chain verify OLD DIR\` checks that
  --json              {"dir","origin","vkey","root_key"}
`,
  run,
};

const CUSTODY =
  'The root key is shown this once. Keep it away from this machine: who holds it can check MACs, and forge them.\n' +
  'Store it where auditors are given it: `audit-chain verify LOG --root-key-file FILE` checks with it.\n';

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      'worker-id': { type: 'string' },
      'secret-file': { type: 'string' },
      'root-key-file': { type: 'string' },
      continues: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const dir = onlyPositional(positionals, 'a directory for the log');
  const workerId = values['worker-id'];
  if (workerId === undefined) throw new UsageError('Expected --worker-id');
  const root = await givenRoot(values['root-key-file'], values['secret-file'], io);
  await assertNoLog(dir);
  const continues = values.continues === undefined ? {} : { continues: await endOf(values.continues) };
  let rootKey: string | null = null;
  const log = await AuditLog.open({
    dir,
    workerId,
    onError: (error) => io.error(explanationLine(explain(error))),
    onRootKey: (key) => {
      rootKey = key;
      // At once: the log that is being made is worth nothing to an auditor without it.
      if (!values.json) io.out(`root key ${key}\n`);
    },
    ...root,
    ...continues,
  });
  await log.close();
  const { origin, vkey } = log;
  if (values.json) io.out(`${JSON.stringify({ dir: log.dir, origin, vkey, root_key: rootKey })}\n`);
  else io.out(`origin   ${origin}\nvkey     ${vkey}\n`);
  if (rootKey !== null) io.error(CUSTODY);
  return 0;
}

/** To open a log that is there would go on with it, under the keys it has. */
async function assertNoLog(dir: string): Promise<void> {
  if (await hasLog(dir))
    throw new UsageError(
      'Expected a directory without a log; `audit-chain vkey` prints the key of the one in it',
    );
}

/** The last checkpoint of a log that is continued. Its signature is checked, its records are not: verify it first. */
async function endOf(log: string): Promise<Checkpoint> {
  const source = await openLog(log);
  const checkpoint = await lastCheckpoint(log, formatVerifierKey(await ownKey(source)));
  if (checkpoint === undefined)
    throw new AuditError('NOT_PROVABLE', 'The log to be continued has no checkpoint');
  return checkpoint;
}
