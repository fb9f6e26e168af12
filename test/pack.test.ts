import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packAll, publishedPackages, whyUnpackable } from '../scripts/lib/packages.mjs';
import { auditorScenario } from './support/auditor-scenario.js';
import { readCompiledAddon } from './support/compiled-addon.js';
import { copyExample, installOutside, type Packed, run, typeCheck } from './support/outside.js';
import { workerScenario } from './support/worker-scenario.js';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'vram-residency-pack-')));
const [worker, auditor, everything] = ['worker', 'auditor', 'everything'].map((name) =>
  join(scratch, name),
) as [string, string, string];
const examples = fileURLToPath(new URL('../examples', import.meta.url));
const PLATFORM_PACKAGE = '@vram-residency/cuda-backend-linux-x64-gnu';
/** Built for the tests of the repository, in no package. */
const standIn = fileURLToPath(
  new URL('../packages/cuda-backend/build/Release/vram-stand-in.so', import.meta.url),
);
/** The oldest glibc that the platform package promises to load with. */
const GLIBC_FLOOR = '2.34';
const NODE = { lib: ['es2023'], types: ['node'] };
let packed: readonly Packed[] = [];

const expectedOf = (name: string): string =>
  readFileSync(join(examples, name, 'expected-output.txt'), 'utf8');

beforeAll(() => {
  packed = packAll(join(scratch, 'tarballs'));
  for (const [name, folder] of [
    ['worker', worker],
    ['auditor', auditor],
  ] as const) {
    const { dependencies } = JSON.parse(readFileSync(join(examples, name, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    installOutside(folder, dependencies, packed);
    copyExample(name, folder);
  }
  installOutside(everything, Object.fromEntries(packed.map(({ manifest }) => [manifest.name, '*'])), packed);
  cpSync(fileURLToPath(new URL('consumer', import.meta.url)), everything, { recursive: true });
});
afterAll(() => rmSync(scratch, { recursive: true }));

test('every package has its licence, its guide, its sources, and nothing stale or private', () => {
  expect(packed.length).toBeGreaterThanOrEqual(6);
  for (const { manifest, tarball } of packed) {
    const files = run('tar', ['--list', '--gzip', '--file', tarball], scratch).trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/package.json']),
    );
    for (const file of files) {
      expect(file, manifest.name).toMatch(
        manifest.name === PLATFORM_PACKAGE
          ? /^package\/(?:LICENSE|README\.md|package\.json|vram_residency_cuda\.node)$/
          : /^package\/(?:LICENSE|README\.md|package\.json|(?:dist|src)\/.+\.(?:js|ts|map)|include\/vram\/external\.h|dist\/viewer\.html|src\/page\/(?:page\.html|style\.css))$/,
      );
      expect(file).not.toMatch(/\.test\./);
      const source = file
        .replace('package/dist/', 'package/src/')
        .replace(/\.(?:d\.ts|js)(?:\.map)?$/, '.ts');
      if (file.startsWith('package/dist/') && !file.endsWith('.html')) expect(files).toContain(source);
    }
  }
});

test('no published manifest names the workspace', () => {
  for (const { manifest } of packed) {
    const installed = readFileSync(join(everything, 'node_modules', manifest.name, 'package.json'), 'utf8');
    expect(JSON.parse(installed)).toMatchObject({
      name: manifest.name,
      version: manifest.version,
      license: 'Apache-2.0',
    });
    expect(installed).not.toContain('workspace:');
  }
});

describe('outside the workspace, from the tarballs', () => {
  test('the worker and the auditor print what they print inside', async () => {
    const work = join(scratch, 'run');
    expect(await workerScenario(worker, work)).toBe(expectedOf('worker'));
    expect(await auditorScenario(auditor, join(scratch, 'audit'), join(work, 'audit'))).toBe(
      expectedOf('auditor'),
    );
  });

  test('the auditor needs audit-chain alone', () => {
    const installed = packed.filter(({ manifest }) =>
      existsSync(join(auditor, 'node_modules', manifest.name)),
    );
    expect(installed.map(({ manifest }) => manifest.name)).toEqual(['@vram-residency/audit-chain']);
  });

  test('a native addon finds the header by which it reads a shard', () => {
    const { resolve } = createRequire(join(everything, 'package.json'));
    const header = resolve('@vram-residency/cuda-backend/include/vram/external.h');
    const own = fileURLToPath(new URL('../native/include/vram/external.h', import.meta.url));
    expect(readFileSync(header, 'utf8')).toBe(readFileSync(own, 'utf8'));
  });

  test('both commands run', () => {
    const file = join(everything, 'package.json');
    expect(run('npx', ['--no-install', 'vram-residency', 'digest', file], everything)).toMatch(
      /^[0-9a-f]{64} {2}\S+\n$/,
    );
    const vkey = run('npx', ['--no-install', 'audit-chain', 'vkey', join(scratch, 'run/audit')], everything);
    expect(vkey).toMatch(/^vram-residency\/gpu-0\/[0-9a-f]{16}\+[0-9a-f]{8}\+\S+\n$/);
  });

  test.each(['nodenext', 'bundler'] as const)('the types are right under %s', (moduleResolution) => {
    const options = { ...NODE, moduleResolution };
    expect(typeCheck(worker, ['main.mjs', 'worker.mjs', 'engine.mjs'], options)).toBe('');
    expect(typeCheck(auditor, ['main.mjs'], options)).toBe('');
    expect(typeCheck(everything, ['everything.ts'], options)).toBe('');
  });

  test('the types for browsers need none of Node', () => {
    const options = {
      moduleResolution: 'bundler',
      lib: ['es2023', 'dom', 'dom.iterable'],
      types: [],
    } as const;
    expect(typeCheck(everything, ['browser.ts'], options)).toBe('');
  });
});

describe('the CUDA backend outside the workspace', () => {
  const installed = join(everything, 'node_modules', PLATFORM_PACKAGE);
  const isPacked = publishedPackages().some(
    ({ manifest }) => manifest.name === PLATFORM_PACKAGE && whyUnpackable(manifest) === undefined,
  );
  const seal = (environment: Readonly<Record<string, string>> = {}): unknown =>
    JSON.parse(run(process.execPath, ['seal-on-device.mjs'], everything, environment));

  test.runIf(isPacked)(
    'npm is told where the platform package fits, and installs it without a script',
    () => {
      expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).toMatchObject({
        os: ['linux'],
        cpu: ['x64'],
        libc: ['glibc'],
      });
      const backend = readFileSync(
        join(everything, 'node_modules/@vram-residency/cuda-backend/package.json'),
        'utf8',
      );
      const { version, optionalDependencies } = JSON.parse(backend) as Record<string, unknown>;
      expect(optionalDependencies).toEqual({ [PLATFORM_PACKAGE]: version });
      for (const { manifest } of packed) {
        const scripts = readFileSync(join(everything, 'node_modules', manifest.name, 'package.json'), 'utf8');
        expect(scripts).not.toMatch(/"(?:pre|post)?install":/);
      }
    },
  );

  test.runIf(isPacked)('the addon asks for what its guide says, and holds nothing of the repository', () => {
    const addon = readCompiledAddon(join(installed, 'vram_residency_cuda.node'), everything);
    expect(
      addon.libraries.filter((name) => !/^(?:libc|libm|libgcc_s|ld-linux-x86-64)\.so/.test(name)),
    ).toEqual([]);
    expect(addon.glibc.localeCompare(GLIBC_FLOOR, 'en', { numeric: true })).toBeLessThanOrEqual(0);
    expect(readFileSync(join(installed, 'README.md'), 'utf8')).toContain(`glibc ${GLIBC_FLOOR} or later`);
    expect(addon.exported).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
    for (const text of ['stand_in', 'stand-in', fileURLToPath(new URL('..', import.meta.url))]) {
      expect(addon.contains(text), text).toBe(false);
    }
    expect(addon.texts).toEqual(['sm_75', 'sm_80', 'sm_90']);
    const assembles = spawnSync('ptxas', ['--version']).status === 0;
    expect(addon.gpuImages).toBe(assembles ? 7 : 0);
  });

  test.runIf(isPacked)('it is loaded from the platform package', () => {
    expect(seal()).toMatchObject({
      // The addon is there; it is the driver that is not.
      probed: { status: 'absent', cause: expect.stringContaining('libcuda.so.1') },
      backend: 'simulated',
    });
  });

  test.runIf(isPacked)('a stand-in that is named in the environment is never taken for a GPU', () => {
    expect(seal({ VRAM_RESIDENCY_CUDA_DRIVER: standIn })).toEqual({
      probed: { status: 'available' },
      backend: 'cuda',
      simulated: true,
    });
  });

  test('without it every attempt is told, and everything without CUDA works', () => {
    rmSync(installed, { recursive: true, force: true });
    expect(seal()).toEqual({
      probed: { status: 'absent', cause: expect.stringMatching(/local build: .*cuda-backend-.*: it is not/) },
      backend: 'simulated',
      simulated: true,
    });
  });
});
