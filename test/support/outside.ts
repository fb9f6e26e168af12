import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { packAll } from '../../scripts/lib/packages.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A published package with its tarball. */
export type Packed = ReturnType<typeof packAll>[number];

/**
 * Makes a project outside the workspace and installs it as a user would, but for the published packages, which come from
 * the tarballs; everything else comes from the registry.
 *
 * @param folder absent or empty
 * @param dependencies names and ranges; those of published packages are replaced by their tarballs
 */
export function installOutside(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  packed: readonly Packed[],
): void {
  mkdirSync(folder, { recursive: true });
  const tarballs = new Map(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const direct = Object.entries(dependencies).map(([name, range]) => [name, tarballs.get(name) ?? range]);
  const transitive = [...tarballs].filter(([name]) => !(name in dependencies));
  const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const manifest = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(direct),
    devDependencies: { '@types/node': devDependencies['@types/node'] },
    overrides: Object.fromEntries(transitive),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--engine-strict'], folder);
}

/** Copies an example's files into a project, without its own manifest and installed packages. */
export function copyExample(name: string, folder: string): void {
  cpSync(join(repository, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/\/(?:node_modules|package\.json)$/.test(path),
  });
}

/**
 * Type-checks files of a project as its user would, declarations of packages included.
 *
 * @returns what the compiler found wrong
 */
export function typeCheck(
  folder: string,
  files: readonly string[],
  options: {
    readonly moduleResolution: 'nodenext' | 'bundler';
    readonly lib: readonly string[];
    readonly types: readonly string[];
  },
): string {
  const tsconfig = join(folder, `tsconfig.${options.moduleResolution}.json`);
  const compilerOptions = {
    ...options,
    target: 'es2022',
    module: options.moduleResolution === 'nodenext' ? 'nodenext' : 'esnext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    allowJs: true,
    checkJs: true,
    noEmit: true,
  };
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files }));
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', tsconfig, '--listFiles'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  const lines = stdout.split('\n');
  const missing = files.filter((file) => !lines.includes(join(folder, file)));
  const outside = lines.filter((line) => line.startsWith(join(repository, 'packages')));
  const wrong = [...missing.map((file) => `${file} was not compiled`), ...outside];
  return status === 0 && wrong.length === 0
    ? ''
    : [...wrong, ...lines.filter((line) => /error TS/.test(line)), stderr].join('\n');
}

/** Runs a command that must succeed; gives what it printed. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): string {
  // Where this repository's own packages are found by name is not for what stands outside of it.
  const { NODE_PATH: _, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}
