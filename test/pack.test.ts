import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packAll } from '../scripts/lib/packages.mjs';
import { auditorScenario } from './support/auditor-scenario.js';
import { copyExample, installOutside, type Packed, run, typeCheck } from './support/outside.js';
import { workerScenario } from './support/worker-scenario.js';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'vram-residency-pack-')));
const [worker, auditor, everything] = ['worker', 'auditor', 'everything'].map((name) =>
  join(scratch, name),
) as [string, string, string];
const examples = fileURLToPath(new URL('../examples', import.meta.url));
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
        /^package\/(?:LICENSE|README\.md|package\.json|(?:dist|src)\/.+\.(?:js|ts|map))$/,
      );
      expect(file).not.toMatch(/\.test\./);
      const source = file
        .replace('package/dist/', 'package/src/')
        .replace(/\.(?:d\.ts|js)(?:\.map)?$/, '.ts');
      if (file.startsWith('package/dist/')) expect(files).toContain(source);
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
