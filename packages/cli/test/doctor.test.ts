import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandRunner } from './command.js';

let command: CommandRunner;
beforeAll(() => {
  command = new CommandRunner();
});
afterAll(() => command.remove());

const FACTS = [
  'index',
  'uuid',
  'name',
  'backend',
  'simulated',
  'compute_capability',
  'total_bytes',
  'integrated',
  'managed_memory',
  'pageable_memory_access',
  'pageable_uses_host_page_tables',
  'concurrent_managed_access',
  'ecc_enabled',
  'ecc_uncorrected_volatile',
  'ecc_uncorrected_aggregate',
  'remapped_rows_pending',
  'remapping_failed',
  'mig_enabled',
  'confidential_compute',
  'mps',
  'driver_version',
  'cuda_version',
];

test('--json has exactly the members that the guide names', () => {
  const { code, out, error } = command.run('doctor', '--json');
  expect({ code, error }).toEqual({ code: 0, error: '' });
  const document = JSON.parse(out);
  const keys = (value: object) => Object.keys(value);
  expect(keys(document)).toEqual([
    'version',
    'platform',
    'node',
    'digest_engines',
    'backends',
    'usable_devices',
    'problems',
  ]);
  expect(keys(document.platform)).toEqual(['os', 'arch', 'release']);
  expect(keys(document.node)).toEqual(['version', 'required', 'supported']);
  expect(document.digest_engines).toHaveLength(3);
  for (const engine of document.digest_engines) {
    expect(keys(engine)).toEqual(['algorithm', 'engine', 'works', 'candidates']);
    expect(engine.works).toBe(true);
    for (const candidate of engine.candidates)
      expect(keys(candidate)).toEqual(['name', 'supported', 'forbidden']);
  }
  expect(document.backends.map(({ name }: { name: string }) => name)).toEqual(['cuda', 'simulated']);
  for (const backend of document.backends) {
    expect(keys(backend)).toEqual(['name', 'simulated', 'status', 'code', 'cause', 'devices']);
  }
  const [device] = document.backends[1].devices;
  expect(keys(device)).toEqual(['facts', 'policy']);
  expect(keys(device.facts)).toEqual(FACTS);
  expect(device.facts.driver_version).toBeNull();
  expect(keys(device.policy)).toEqual(['name', 'violations']);
  for (const violation of device.policy.violations) {
    expect(keys(violation)).toEqual(['rule', 'violation', 'details', 'severity', 'remedy']);
  }
  for (const problem of document.problems) expect(keys(problem)).toEqual(['subject', 'problem', 'remedy']);
});

test('says why there is no CUDA device, and that the simulated device is one', () => {
  const environment = { VRAM_RESIDENCY_CUDA_DRIVER: '/nowhere/libcuda.so.1' };
  const document = JSON.parse(command.runWith({ environment }, 'doctor', '--json').out);
  expect(document.backends[0]).toEqual({
    name: 'cuda',
    simulated: true,
    status: 'absent',
    code: null,
    cause: expect.stringMatching(/\/nowhere\/libcuda\.so\.1|addon could not be loaded/),
    devices: [],
  });
  expect(document.backends[1]).toMatchObject({
    simulated: true,
    status: 'available',
    code: null,
    cause: null,
  });
  expect(document.usable_devices).toBe(0);
  expect(document.problems).toMatchObject([{ subject: 'cuda' }, { subject: 'simulated device 0' }]);
});

test('for people: what is unknown says so, and every problem has a remedy', () => {
  const { code, out } = command.run('doctor');
  expect(code).toBe(0);
  expect(out).toMatch(/^ {2}simulated +available \(SIMULATED: process memory, no GPU is involved\)$/m);
  expect(out).toMatch(/^ {2}CUDA version +unknown$/m);
  expect(out).toMatch(/^ {2}\d\. simulated device 0: \S.*\.$/m);
});
