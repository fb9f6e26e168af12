import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A command of a page's `console` block, and what the page says that it prints. */
export interface ConsoleCommand {
  readonly command: string;
  readonly printed: string;
}

/** Every command of the `console` blocks of a page, in order. */
export function consoleCommands(page: URL): ConsoleCommand[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```console\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, ([, block = '']) => block.split(/^\$ /m).slice(1))
    .flat()
    .map((text) => {
      const end = text.indexOf('\n') + 1;
      return { command: text.slice(0, end).trimEnd(), printed: text.slice(end) };
    });
}

/** Runs a command in a shell; gives what it prints on standard output and standard error, as a terminal shows it. */
export function runInShell(command: string, dir: string, environment: Record<string, string>): string {
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
    cwd: dir,
    encoding: 'utf8',
    env: environment,
  });
  return stdout;
}

/** What is other in every run or on every machine, as one example of it; digests stay as they are. */
export function withoutChance(text: string, dir: string): string {
  return EXAMPLES.reduce(
    (shown, [pattern, example]) => shown.replace(pattern, example),
    text.replaceAll(dir, '/home/worker'),
  );
}

const NO_DRIVER = 'libcuda.so.1: cannot open shared object file: No such file or directory';
const EXAMPLES: readonly (readonly [RegExp, string])[] = [
  [/(?<=shard-)[0-9a-f]{16}/g, '8d9c1b7f02a4e653'],
  [/(?<=vram-residency\/gpu-0\/)[0-9a-f]{16}/g, '5bd0c4f7a1e29836'],
  [/\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}/g, '+2f61c0ba+AQ8xq3mO0VtWcY1nJ5kQh7Lr9sUe2dZ4bGp6TaXiHwBs'],
  [/(?<=shown this once: )[0-9a-f]{64}/g, '0123456789abcdef'.repeat(4)],
  [/(?<="nonce": ")[0-9a-f]{32}/g, '4d1f0c5ab7e6923883a16f02de9b7c54'],
  [/(?<="signature": ")[0-9a-f]{64}/g, '5e8a1c07d3f94b62'.repeat(4)],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '2026-01-02T03:04:05.000006Z'],
  [/\d+(?= records)/g, '12'],
  [/\d+(?= checkpoints)/g, '2'],
  [/(?<="tree_size": )\d+/g, '12'],
  [/(?<=^ {2}platform +)\S.*$/m, 'linux x64, 6.1.0'],
  [/(?<=^ {2}Node +)v\d+\.\d+\.\d+/m, 'v20.19.0'],
  // Native where the addon is.
  [/(?<=^ {2}(?:blake3|sha256-fsverity|sha256) +)(?:native|node-crypto|wasm)$/gm, 'native'],
  // Why CUDA is absent: no driver, or no addon where there was nothing to build it with.
  [/(?<=^ {2}cuda +absent: ).*$/m, NO_DRIVER],
  [/(?<=^ {2}1\. cuda: ).*(?=\. Install the NVIDIA driver)/m, NO_DRIVER],
  [/(?<=^vram-residency )\d+\.\d+\.\d+$/m, '0.1.0'],
];
