import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const TIMEOUT_MS = 60_000;
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  verbatimModuleSyntax: true,
};

/**
 * Declares tests of every `ts` block of a README: that it type-checks, and that, run by Node, it prints what its
 * `// prints …` comments say, line by line and nothing else. The blocks run one after the other in one new folder, where
 * the packages of the workspace, as built, and the dependencies of the README's package can be imported.
 */
export function testReadmeExamples(readme: URL): void {
  const blocks = readFileSync(readme, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  const examples = Array.from(blocks, ([, code = ''], i) => ({ name: `example-${i + 1}`, code }));
  const folder = mkdtempSync(join(tmpdir(), 'readme-examples-'));
  let errors: string;

  beforeAll(() => {
    installPackages(dirname(fileURLToPath(readme)), folder);
    for (const { name, code } of examples) writeFileSync(join(folder, `${name}.ts`), code);
    errors = compile(folder);
  }, TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true }));

  describe('an example of the README', () => {
    test('is there, and all of them type-check', () => {
      expect(examples).not.toEqual([]);
      expect(errors).toBe('');
    });

    test.each(examples)('prints what it says: $name', ({ name, code }) => {
      const options = { cwd: folder, encoding: 'utf8', timeout: TIMEOUT_MS } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, [`${name}.js`], options);
      const said = Array.from(code.matchAll(/\/\/ prints (.*)/g), ([, line]) => `${line}\n`).join('');
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: said, stderr: '' });
      expect(said).not.toBe('');
    });
  });
}

/** Links every package of the workspace by its name, and what else the README's own depends on. */
function installPackages(readmeFolder: string, folder: string): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const link = (name: string, target: string): void => {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  link('@types', join(root, 'node_modules/@types'));
  const names = new Set<string>();
  for (const directory of readdirSync(join(root, 'packages'))) {
    const { name } = readManifest(join(root, 'packages', directory));
    names.add(name);
    link(name, join(root, 'packages', directory));
  }
  for (const name of Object.keys(readManifest(readmeFolder).dependencies ?? {})) {
    if (!names.has(name)) link(name, join(readmeFolder, 'node_modules', name));
  }
}

function readManifest(folder: string): { readonly name: string; readonly dependencies?: object } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Compiles the folder's examples; returns what is wrong with them. */
function compile(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const program = ts.createProgram(
    files.map((name) => join(folder, name)),
    COMPILER_OPTIONS,
    { ...ts.createCompilerHost(COMPILER_OPTIONS), getCurrentDirectory: () => folder },
  );
  const { diagnostics } = program.emit();
  return ts.formatDiagnostics([...ts.getPreEmitDiagnostics(program), ...diagnostics], {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  });
}
