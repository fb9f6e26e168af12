import { parseArgs } from 'node:util';
import { isDigestAlgorithm, toHex } from '@vram-residency/seal-crypto';
import { defaultEngines, digestFile } from '@vram-residency/seal-crypto/node';
import { UsageError } from './exit-code.js';

/** `vram-residency digest FILE...`: prints `<hex>  <file>`, as b3sum and sha256sum do; `-` is standard input. */
export async function digestCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { digest: { type: 'string', default: 'blake3' } },
  });
  const algorithm = values.digest;
  if (!isDigestAlgorithm(algorithm))
    throw new UsageError('Expected --digest blake3, sha256-fsverity or sha256');
  if (positionals.length === 0) throw new UsageError('Expected a file, or - for standard input');
  const engines = defaultEngines();
  for (const file of positionals) {
    const { digest } =
      file === '-'
        ? await engines.digestStream(algorithm, process.stdin)
        : await digestFile(file, algorithm, engines);
    process.stdout.write(`${toHex(digest)}  ${file}\n`);
  }
  return 0;
}
