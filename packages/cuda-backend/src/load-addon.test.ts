import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AddonMissingError } from './load-addon.js';

const LOCAL_BUILD = 'build/Release/vram_residency_cuda.node';
const PLATFORM_PACKAGE = '@vram-residency/cuda-backend-linux-x64-gnu';
const compiled = fileURLToPath(new URL('../dist', import.meta.url));
const built = fileURLToPath(new URL(`../${LOCAL_BUILD}`, import.meta.url));
const onLinux = process.platform === 'linux' && process.arch === 'x64';

/** A copy of this package, as it is installed. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vram-loader-'));
  mkdirSync(join(folder, 'build/Release'), { recursive: true });
  cpSync(compiled, join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function installPlatformPackage(write: (main: string) => void, main = 'vram_residency_cuda.node'): void {
  const installed = join(folder, 'node_modules', PLATFORM_PACKAGE);
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: PLATFORM_PACKAGE, main }));
  write(join(installed, main));
}

/** What the copy says when it loads the addon; it runs in this process. */
async function load(): Promise<object> {
  const path = pathToFileURL(join(folder, 'dist/load-addon.js')).href;
  const { loadAddon } = (await import(path)) as typeof import('./load-addon.js');
  return loadAddon();
}

async function failedAttempts(): Promise<Record<string, string>> {
  const error = await load().then(
    () => undefined,
    (thrown: unknown) => thrown as AddonMissingError,
  );
  if (error?.name !== 'AddonMissingError') throw new Error('the addon was loaded', { cause: error });
  for (const { what } of error.attempts) expect(error.message).toContain(`${what}: `);
  expect(error.message).not.toContain('\n');
  return Object.fromEntries(error.attempts.map(({ what, cause }) => [what, String(cause)]));
}

test.runIf(onLinux)('where nothing is installed, both attempts are told with their cause', async () => {
  // Its folder alone, so that no package is found that the environment names. Wholly absent it is in pack.test.ts.
  installPlatformPackage(() => {});
  expect(await failedAttempts()).toEqual({
    'local build': expect.stringContaining('not built'),
    [PLATFORM_PACKAGE]: expect.stringContaining('not installed'),
  });
});

test.runIf(onLinux)('files that are no addon are told as what the system says of them', async () => {
  writeFileSync(join(folder, LOCAL_BUILD), '');
  installPlatformPackage((main) => writeFileSync(main, 'no shared object'));
  expect(await failedAttempts()).toEqual({
    'local build': expect.stringContaining('file too short'),
    [PLATFORM_PACKAGE]: expect.stringMatching(/invalid ELF header|file too short/),
  });
});

test.runIf(onLinux && existsSync(built))('an addon for another machine is refused', async () => {
  const bytes = readFileSync(built);
  // e_machine of the ELF header: AArch64.
  bytes.writeUInt16LE(183, 18);
  installPlatformPackage((main) => writeFileSync(main, bytes));
  expect((await failedAttempts())[PLATFORM_PACKAGE]).toContain(PLATFORM_PACKAGE);
});

test.runIf(onLinux)('an addon of another version is refused before anything is called', async () => {
  installPlatformPackage((main) => writeFileSync(main, 'exports.openDriver = () => {};'), 'index.cjs');
  expect((await failedAttempts())[PLATFORM_PACKAGE]).toMatch(
    /another version: it has no devices, openDevice/,
  );
});

test.runIf(onLinux && existsSync(built))(
  'the local build comes first, the platform package next',
  async () => {
    installPlatformPackage((main) => copyFileSync(built, main));
    expect(await load()).toHaveProperty('openDriver');
    writeFileSync(join(folder, LOCAL_BUILD), 'broken');
    expect(await load()).toHaveProperty('openDriver');
  },
);

test('where Node runs on musl there is no package, and that is said', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
  vi.spyOn(process, 'arch', 'get').mockReturnValue('x64');
  vi.spyOn(process.report, 'getReport').mockReturnValue({ header: {} });
  expect(await failedAttempts()).toMatchObject({
    '@vram-residency/cuda-backend-linux-x64-musl': expect.stringContaining('linux-x64-gnu'),
  });
});

test('nor is there one for other systems', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  vi.spyOn(process, 'arch', 'get').mockReturnValue('arm64');
  expect(await failedAttempts()).toHaveProperty('@vram-residency/cuda-backend-darwin-arm64');
});
