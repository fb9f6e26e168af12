import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { AuditError } from '../errors.js';
import { parseRootKey } from '../keys/epoch-keys.js';
import { nodeHashes } from '../node/node-hashes.js';
import { openLog } from '../node/open-log.js';
import { readSecretFile } from '../node/secret-file.js';
import { toJson, type VerificationResult } from '../verify/verification-result.js';
import { type VerifyOptions, verifyLog } from '../verify/verify-log.js';
import { type CommandIo, visible } from './io.js';
import { UsageError } from './usage-error.js';

export const VERIFY_USAGE =
  'audit-chain verify LOG... [--vkey STRING|FILE] [--root-key-file F] [--secret-file F] [--anchor FILE]... [--json]';

/** For several logs the worst decides: tampered, then rolled back, then incomplete. */
const WORST_FIRST: readonly number[] = [10, 12, 11, 0];

/** `audit-chain verify`; returns the exit code. */
export async function verifyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      vkey: { type: 'string' },
      'root-key-file': { type: 'string' },
      'secret-file': { type: 'string' },
      anchor: { type: 'string', multiple: true },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length === 0) throw new UsageError(`Expected a log. Usage: ${VERIFY_USAGE}`);
  const options: VerifyOptions = {
    hashes: nodeHashes,
    ...(await secrets(values['root-key-file'], values['secret-file'], io)),
    ...(values.vkey === undefined ? {} : { vkey: await keyText(values.vkey) }),
    ...(values.anchor === undefined ? {} : { anchors: await Promise.all(values.anchor.map(readText)) }),
  };
  const results: { readonly log: string; readonly result: VerificationResult }[] = [];
  for (const log of positionals) {
    results.push({ log, result: await verifyLog(await openLog(log), options) });
  }
  if (values.json === true) {
    const documents = results.map(({ result }) => toJson(result));
    io.out(`${JSON.stringify(documents.length === 1 ? documents[0] : documents, null, 2)}\n`);
  } else {
    for (const { log, result } of results) io.out(describe(log, result));
  }
  const codes = results.map(({ result }) => result.exitCode);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 1;
}

async function secrets(
  rootKeyFile: string | undefined,
  secretFile: string | undefined,
  { environment }: CommandIo,
): Promise<VerifyOptions> {
  if (rootKeyFile !== undefined) return { rootKey: parseRootKey(await readSecretFile(rootKeyFile)) };
  if (secretFile !== undefined) return { secret: await readSecretFile(secretFile) };
  const secret = environment['VRAM_RESIDENCY_AUDIT_SECRET'];
  return secret === undefined || secret === '' ? {} : { secret };
}

/** A verifier key holds two `+`, a file's name hardly ever does. */
async function keyText(value: string): Promise<string> {
  return /^[^+]+\+[0-9a-f]{8}\+/.test(value) ? value : readText(value);
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AuditError('INVALID_SOURCE', `${path} cannot be read`, { cause });
  });
}

const VERDICTS = {
  verified: 'VERIFIED: nothing was changed, removed or added.',
  tampered:
    'TAMPERED: this is not what the worker wrote. Keep the files as they are and compare with another copy.',
  rolled_back: 'ROLLED BACK: records at the end are gone that a checkpoint knows of. Find the newer copy.',
  incomplete: 'INCOMPLETE: nothing wrong was found, but not everything could be checked.',
} as const;

function describe(log: string, result: VerificationResult): string {
  const { records, firstTimestamp, lastTimestamp, segments, checkpoints } = result;
  const lines = [
    `${visible(log)}: ${VERDICTS[result.status]}`,
    `  ${records} records from ${firstTimestamp ?? 'never'} to ${lastTimestamp ?? 'never'}, ` +
      `${segments} segments, ${checkpoints} checkpoints`,
    `  origin ${visible(result.origin ?? 'unknown')}; checkpoint key ${result.keySource === 'given' ? 'given' : 'from the log itself'}; ` +
      `MACs ${result.mac.replace('_', ' ')}; ${result.closed ? 'closed in order' : 'not closed'}`,
    ...result.defects.map(({ reason, segment, line, detail }) => {
      const place = segment === null ? '' : ` ${visible(segment)}:${line}`;
      return `  ${reason}${place}: ${detail}`;
    }),
  ];
  const more = result.defectCount - result.defects.length;
  if (more > 0) lines.push(`  and ${more} more defects`);
  return `${lines.join('\n')}\n`;
}
