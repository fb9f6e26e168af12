import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `scripts/install-runtimes.mjs` fills. */
const INSTALLED = fileURLToPath(new URL('../../.runtimes/node_modules', import.meta.url));

/** Files in that folder, and commands on the PATH, of each runtime; the first that is there is taken. */
const PLACES = {
  Deno: { installed: ['@deno/linux-x64-glibc/deno'], commands: ['deno'] },
  Bun: { installed: ['@oven/bun-linux-x64-baseline/bin/bun'], commands: ['bun'] },
  Chromium: { installed: [], commands: ['chromium', 'chromium-headless-shell'] },
} as const;

/** The program of a runtime on this machine, if it is there. */
export function findRuntime(name: keyof typeof PLACES): string | undefined {
  const { installed, commands } = PLACES[name];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [
    ...installed.map((file) => join(INSTALLED, file)),
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
  ].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
