import { type Backend, DeviceError, type DeviceFacts, simulatedBackend } from '@vram-residency/device';
import { vramOnly } from '@vram-residency/policy';
import { type DigestEngine, DigestEngines } from '@vram-residency/seal-crypto';
import { defaultEngines, nodeEngine } from '@vram-residency/seal-crypto/node';
import { expect, test } from 'vitest';
import { BACKENDS, type BackendEntry } from '../backends.js';
import { diagnose, type Patient } from './diagnose.js';
import { diagnosisText } from './diagnosis-text.js';

const healthy: Patient = {
  version: '1.2.3',
  platform: { os: 'linux', arch: 'x64', release: '6.1' },
  nodeVersion: 'v20.19.0',
  nodeRange: '>=20.19',
  engines: defaultEngines(),
  backends: [],
  policy: vramOnly(),
};
const gpu: DeviceFacts = {
  index: 1,
  uuid: 'GPU-1',
  backend: 'gpu',
  simulated: false,
  name: 'A GPU',
  computeCapability: '9.0',
  totalBytes: 2 ** 36,
  integrated: false,
  eccEnabled: true,
  eccUncorrectedVolatile: 0,
  eccUncorrectedAggregate: 0,
  remappingFailed: false,
};

function entry(backend: Partial<Backend>): BackendEntry {
  return {
    name: 'gpu',
    simulated: false,
    deviceIndex: () => undefined,
    create: () => ({
      name: 'gpu',
      probe: async () => ({ status: 'available' }),
      devices: async () => [gpu],
      open: async () => {
        throw new Error('doctor opens no device');
      },
      ...backend,
    }),
    remedyIfAbsent: 'Install its driver.',
  };
}

test('a machine without a problem has none', async () => {
  const diagnosis = await diagnose({ ...healthy, backends: [entry({})] });
  expect(diagnosis).toMatchObject({ usable_devices: 1, problems: [] });
  expect(diagnosis.backends[0]).toMatchObject({ name: 'gpu', status: 'available', code: null, cause: null });
  expect(diagnosisText(diagnosis)).toContain('No problem was found.');
});

test('what is unknown about a device is null, and unknown for people', async () => {
  const diagnosis = await diagnose({ ...healthy, backends: [entry({})] });
  const facts = diagnosis.backends[0]?.devices[0]?.facts;
  expect(facts).toMatchObject({
    index: 1,
    compute_capability: '9.0',
    mig_enabled: null,
    driver_version: null,
  });
  expect(Object.keys(facts ?? {})).toHaveLength(22);
  expect(diagnosisText(diagnosis)).toMatch(/^ {2}driver version +unknown$/m);
  expect(diagnosisText(diagnosis)).toMatch(/^ {2}policy vram_only +satisfied$/m);
});

test('every violation is a problem with the policy’s remedy', async () => {
  const { remappingFailed: _, ...unknown } = { ...gpu, integrated: true };
  const diagnosis = await diagnose({ ...healthy, backends: [entry({ devices: async () => [unknown] })] });
  const violations = diagnosis.backends[0]?.devices[0]?.policy.violations ?? [];
  expect(violations.map(({ rule }) => rule)).toEqual(['no_failed_row_remapping', 'no_integrated_gpu']);
  for (const violation of violations) {
    expect(Object.keys(violation)).toEqual(['rule', 'violation', 'details', 'severity', 'remedy']);
  }
  expect(diagnosis.usable_devices).toBe(0);
  expect(diagnosis.problems.map(({ subject }) => subject)).toEqual(['gpu device 1', 'gpu device 1']);
  for (const { remedy } of diagnosis.problems) expect(remedy).toMatch(/^[A-Z].*[^.]\.$/);
});

test.each([
  [
    'absent',
    { probe: async () => ({ status: 'absent', cause: 'no driver' }) as const },
    { status: 'absent', code: null, cause: 'no driver' },
    'Install its driver.',
  ],
  [
    'broken',
    {
      probe: async () =>
        ({ status: 'failed', code: 'DEVICE_ERROR', cause: 'the driver is too old' }) as const,
    },
    { status: 'failed', code: 'DEVICE_ERROR', cause: 'the driver is too old' },
    'Look at the driver’s log, and see vram-residency doctor.',
  ],
  [
    'without its devices',
    {
      devices: async () => {
        throw new DeviceError('DEVICE_LOST', 'The device is lost');
      },
    },
    { status: 'failed', code: 'DEVICE_LOST', cause: 'The device is lost' },
    'Reset the GPU, and see vram-residency doctor.',
  ],
])('a backend that is %s is a finding with its cause', async (_name, backend, found, remedy) => {
  const diagnosis = await diagnose({ ...healthy, backends: [entry(backend)] });
  expect(diagnosis.backends).toEqual([{ name: 'gpu', simulated: false, devices: [], ...found }]);
  expect(diagnosis.problems).toEqual([{ subject: 'gpu', problem: found.cause, remedy }]);
  expect(diagnosisText(diagnosis)).toContain(`${found.status}: ${found.cause}`);
});

test('an engine that computes wrong digests, and a digest without an engine, are problems', async () => {
  const broken: DigestEngine = {
    ...nodeEngine,
    name: 'broken',
    createHasher: () => nodeEngine.createHasher('sha256'),
  };
  const diagnosis = await diagnose({ ...healthy, engines: new DigestEngines([broken]) });
  expect(diagnosis.digest_engines).toMatchObject([
    { algorithm: 'blake3', engine: null, works: false },
    { algorithm: 'sha256-fsverity', engine: 'broken', works: false },
    { algorithm: 'sha256', engine: 'broken', works: true },
  ]);
  expect(diagnosis.problems.map(({ subject }) => subject)).toEqual([
    'digest blake3',
    'digest sha256-fsverity',
  ]);
  expect(diagnosisText(diagnosis)).toMatch(/^ {2}sha256-fsverity +broken, DOES NOT WORK$/m);
});

test('an old Node is a problem', async () => {
  const diagnosis = await diagnose({ ...healthy, nodeVersion: 'v20.18.0' });
  expect(diagnosis.problems).toMatchObject([{ subject: 'node', remedy: expect.stringContaining('>=20.19') }]);
  expect(diagnosisText(diagnosis)).toContain('NOT SUPPORTED');
});

test('what a driver calls its device cannot write to the terminal', async () => {
  const devices = async () => [{ ...gpu, name: '\u001b[2J\u202e' }];
  const diagnosis = await diagnose({ ...healthy, backends: [entry({ devices })] });
  expect(diagnosisText(diagnosis)).toContain('\\u{1b}[2J\\u{202e}');
});

test('the backends of this version: CUDA, and the simulated device, which says what it is', async () => {
  const diagnosis = await diagnose({ ...healthy, backends: BACKENDS });
  expect(diagnosis.backends).toMatchObject([
    { name: 'cuda', simulated: false },
    { name: 'simulated', simulated: true, status: 'available' },
  ]);
  expect(diagnosis.backends[1]?.devices[0]?.policy.violations).toMatchObject([
    { rule: 'no_simulated_device' },
  ]);
  expect(simulatedBackend().name).toBe(BACKENDS[1]?.name);
});
