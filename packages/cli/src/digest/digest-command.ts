import { nativeEngine } from '@vram-residency/cuda-backend';
import {
  type DigestAlgorithm,
  type DigestEngines,
  isDigestAlgorithm,
  SealError,
  toHex,
} from '@vram-residency/seal-crypto';
import { defaultEngines, digestFile } from '@vram-residency/seal-crypto/node';
import type { Command } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { exitCodeOf } from '../failure/exit-code.js';
import { FailureAbout } from '../failure/failure-about.js';
import { readCommandLine } from '../read-command-line.js';
import { UsageError } from '../usage-error.js';
import { checksumLine } from './checksum-line.js';
import { DIGEST_USAGE } from './digest-usage.js';
import { standardInput } from './standard-input.js';

const STANDARD_INPUT = '-';

/** `vram-residency digest FILE...`: prints `<hex>  <file>`, as b3sum and sha256sum do; `-` is standard input. */
export const digestCommand: Command = { usage: DIGEST_USAGE, run };

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { algorithm, files } = readArguments(args);
  const engines = defaultEngines(nativeEngine);
  let exitCode = 0;
  for (const file of files) {
    if (io.outClosed.aborted) break;
    try {
      const digest = await digestOf(file, algorithm, engines);
      io.out(`${checksumLine(algorithm, toHex(digest), file)}\n`);
    } catch (error) {
      // A file that cannot be read is told of, and the others are still digested, as b3sum and sha256sum do.
      if (!(error instanceof SealError) || exitCodeOf(error) !== 2) throw error;
      io.report(new FailureAbout(file, error));
      exitCode = 2;
    }
  }
  return exitCode;
}

function readArguments(args: readonly string[]): { algorithm: DigestAlgorithm; files: readonly string[] } {
  const { values, positionals: files } = readCommandLine('digest', args, {
    digest: { type: 'string', default: 'blake3' },
  });
  const { digest: algorithm } = values;
  if (!isDigestAlgorithm(algorithm)) {
    throw new UsageError('Expected --digest blake3, sha256-fsverity or sha256', 'digest');
  }
  if (files.length === 0) throw new UsageError('Expected a file, or - for standard input', 'digest');
  if (files.indexOf(STANDARD_INPUT) !== files.lastIndexOf(STANDARD_INPUT)) {
    throw new UsageError('Expected - once: standard input can be read once', 'digest');
  }
  return { algorithm, files };
}

async function digestOf(
  file: string,
  algorithm: DigestAlgorithm,
  engines: DigestEngines,
): Promise<Uint8Array> {
  const { digest } =
    file === STANDARD_INPUT
      ? await engines.digestStream(algorithm, standardInput())
      : await digestFile(file, algorithm, engines);
  return digest;
}
