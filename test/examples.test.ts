import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { isBuilt, standInPath } from '../packages/cuda-backend/test/stand-in.js';
import { auditorScenario } from './support/auditor-scenario.js';
import { Program } from './support/program.js';
import { Transcript } from './support/transcript.js';
import { workerScenario } from './support/worker-scenario.js';

const examples = fileURLToPath(new URL('../examples', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-examples-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What each example is run with; `node main.mjs` alone where nothing is said. */
const SCENARIOS: Readonly<Record<string, (directory: string, folder: string) => Promise<string>>> = {
  worker: workerScenario,
  async auditor(directory, folder) {
    await workerScenario(join(examples, 'worker'), join(folder, 'worker'));
    return auditorScenario(directory, join(folder, 'auditor'), join(folder, 'worker/audit'));
  },
  async 'native-engine'(directory, folder) {
    const { status, stderr } = spawnSync(process.execPath, ['build.mjs'], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return alone(directory, folder, { VRAM_RESIDENCY_CUDA_DRIVER: standInPath() });
  },
  async demo(directory, folder) {
    const repository = fileURLToPath(new URL('..', import.meta.url));
    return alone(directory, folder, { DEMO_DIR: folder, DEMO_MODEL_MIB: '2' }, [
      [repository, '<repository>'],
    ]);
  },
};

/** Why an example cannot run here. */
const MISSING: Readonly<Record<string, string | undefined>> = {
  'native-engine': isBuilt
    ? undefined
    : 'the CUDA addon and the stand-in for its driver are not built: CMake or a C++ compiler is missing',
};

async function alone(
  directory: string,
  folder: string,
  environment: Record<string, string> = {},
  folders: readonly (readonly [string, string])[] = [],
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const transcript = new Transcript([[folder, '<folder>'], ...folders]);
  transcript.add('node main.mjs', await new Program(directory, [], folder, environment).ended());
  return transcript.toString();
}

const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('there are examples, and every scenario is of one', () => {
  expect(names).toEqual(
    expect.arrayContaining(['worker', 'auditor', 'custom-event', 'custom-policy', 'demo', 'native-engine']),
  );
  expect(names).toEqual(expect.arrayContaining(Object.keys(SCENARIOS)));
});

// `npm test -- --project house -u` writes what is printed now.
test.for(names)('the example %s prints what its expected-output.txt says', async (name, { skip }) => {
  const missing = MISSING[name];
  if (missing !== undefined) skip(missing);
  const directory = join(examples, name);
  const expected = join(directory, 'expected-output.txt');
  expect(readFileSync(join(directory, 'README.md'), 'utf8')).toContain('```');
  const printed = await (SCENARIOS[name] ?? alone)(directory, join(scratch, name));
  expect(existsSync(expected), `${expected} is missing`).toBe(true);
  await expect(printed).toMatchFileSnapshot(expected);
});
