import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '../bytes.js';
import { AuditError } from '../errors.js';
import { isOrigin } from '../identity.js';
import { deriveRootKey } from '../keys/epoch-keys.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import { readSecretFile } from '../node/secret-file.js';
import { openCheckpoint } from '../note/checkpoint.js';
import type { CommandIo } from './io.js';
import { UsageError } from './usage-error.js';

/** `audit-chain vkey LOG`: the verifier key that log.json names. */
export async function vkeyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  io.out(`${await logKey(onlyLog(args))}\n`);
  return 0;
}

/** `audit-chain checkpoint LOG`: the newest checkpoint, to be kept elsewhere as an anchor. */
export async function checkpointCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const log = onlyLog(args);
  const text = await readFile(join(log, 'checkpoint'), 'utf8').catch((cause: unknown) => {
    throw new AuditError('NOT_A_LOG', 'The log has no checkpoint yet', { cause });
  });
  openCheckpoint(text, parseVerifierKey(await logKey(log)));
  io.out(text);
  return 0;
}

/** `audit-chain derive-root --origin O`: the root key of one log, for an auditor who must not get the secret. */
export async function deriveRootCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { origin: { type: 'string' }, 'secret-file': { type: 'string' } },
  });
  const { origin } = values;
  const file = values['secret-file'];
  const secret =
    file === undefined ? io.environment['VRAM_RESIDENCY_AUDIT_SECRET'] : await readSecretFile(file);
  if (origin === undefined || !isOrigin(origin))
    throw new UsageError('Expected --origin with the origin of a log');
  if (secret === undefined || secret === '') {
    throw new UsageError('Expected the secret in VRAM_RESIDENCY_AUDIT_SECRET or --secret-file');
  }
  io.out(`${toHex(deriveRootKey(secret, origin))}\n`);
  return 0;
}

function onlyLog(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [log] = positionals;
  if (log === undefined || positionals.length > 1) throw new UsageError('Expected one log');
  return log;
}

async function logKey(log: string): Promise<string> {
  const text = await readFile(join(log, 'log.json'), 'utf8').catch((cause: unknown) => {
    throw new AuditError('NOT_A_LOG', 'There is no log.json', { cause });
  });
  let vkey: unknown;
  try {
    vkey = (JSON.parse(text) as { vkey?: unknown }).vkey;
  } catch (cause) {
    throw new AuditError('NOT_A_LOG', 'log.json is not JSON', { cause });
  }
  if (typeof vkey !== 'string') throw new AuditError('NOT_A_LOG', 'log.json names no verifier key');
  parseVerifierKey(vkey);
  return vkey;
}
