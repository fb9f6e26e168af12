import { rm } from 'node:fs/promises';
import { AuditError } from '../errors.js';
import { errorCode } from '../node/error-code.js';
import { openLog } from '../node/open-log.js';
import { packLog } from '../node/pack-log.js';
import { openPackedFile } from '../node/packed-file.js';
import { verifyLog } from '../verify/verify-log.js';
import type { Command } from './command.js';
import { describeVerification } from './describe-verification.js';
import {
  givenVerification,
  VERIFICATION_HELP,
  VERIFICATION_OPTIONS,
  VERIFICATION_USAGE,
} from './given-verification.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const packCommand: Command = {
  usage: `pack LOG --out FILE ${VERIFICATION_USAGE}`,
  help: `Packs a log into one file to mail, without any key, and verifies what was packed. Every command takes the file as LOG.

  --out FILE          ends in .tar, and must not exist
${VERIFICATION_HELP}
A log that does not verify is packed as well, and told to be what it is. The exit code is that of the verification: 0
verified; 10 tampered or forked; 12 rolled back; 11 not everything could be checked, as without a key.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: { ...VERIFICATION_OPTIONS, out: { type: 'string' } },
  });
  const log = onlyPositional(positionals, 'a log');
  const { out } = values;
  if (!out?.endsWith('.tar'))
    throw new UsageError('Expected --out with the file to write, its name ending in .tar');
  const given = await givenVerification(values, io);
  const source = await openLog(log);
  try {
    await packLog(source, out);
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST')
      throw new UsageError('Expected --out to name a file that does not exist');
    await rm(out, { force: true });
    if (cause instanceof AuditError) throw cause;
    throw new AuditError('INVALID_SOURCE', 'The file of --out cannot be written', { cause });
  }
  const verification = await verifyLog(await openPackedFile(out), given);
  io.out(describeVerification(out, verification));
  return verification.exitCode;
}
