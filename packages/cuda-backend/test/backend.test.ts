import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { DeviceError } from '@vram-residency/device';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { OPERATION, REQUEST_BACKGROUND, REQUEST_EXPORTABLE } from '../src/addon.js';
import { NATIVE_STATUS } from '../src/native-status.js';
import { isBuilt, RESOURCES, type StandInControl, setFacts, useStandIn } from './stand-in.js';

const MIB = 2 ** 20;

test('the addon is built where CMake and a C++ compiler are', () => {
  const tools = ['cmake', 'c++'].every((tool) => spawnSync(tool, ['--version']).status === 0);
  expect(isBuilt).toBe(tools);
});

describe.skipIf(!isBuilt)('the CUDA backend', () => {
  let standIn: StandInControl;
  beforeEach(() => {
    standIn = useStandIn();
    standIn.restore();
    setFacts({});
  });
  afterEach(() => {
    for (const resource of RESOURCES) expect(standIn.held(resource), resource).toBe(0);
  });

  it('is available over a driver that works', async () => {
    expect(await cudaBackend().probe()).toEqual({ status: 'available' });
  });

  it('is absent without a driver, and says what is missing', async () => {
    process.env['VRAM_RESIDENCY_CUDA_DRIVER'] = '/nowhere/libcuda.so.1';
    const backend = cudaBackend();
    const probed = await backend.probe();
    expect(probed).toMatchObject({
      status: 'absent',
      cause: expect.stringContaining('/nowhere/libcuda.so.1'),
    });
    await expect(backend.open(0)).rejects.toMatchObject({ code: 'NO_SUCH_DEVICE' });
    await expect(backend.devices()).rejects.toBeInstanceOf(DeviceError);
    useStandIn();
    expect(await backend.probe()).toEqual({ status: 'available' });
  });

  it('is absent where the driver finds no GPU', async () => {
    setFacts({ devices: 0 });
    expect(await cudaBackend().probe()).toMatchObject({ status: 'absent' });
  });

  it('has failed where the driver does not work', async () => {
    standIn.fail('cuInit', 1, 999, false);
    expect(await cudaBackend().probe()).toMatchObject({
      status: 'failed',
      code: 'DEVICE_ERROR',
      cause: expect.stringContaining('cuInit'),
    });
  });

  it('reports what driver and NVML tell, and says that a stand-in is simulated', async () => {
    setFacts({
      devices: 2,
      integrated: 1,
      ecc_uncorrected_volatile: 3,
      remapped_rows_pending: 1,
      confidential_compute: 1,
    });
    const devices = await cudaBackend().devices();
    expect(devices).toHaveLength(2);
    expect(devices[1]).toEqual({
      index: 1,
      uuid: 'GPU-7374616e-642d-696e-0000-000000000001',
      backend: 'cuda',
      simulated: true,
      name: 'Stand-in device 1',
      computeCapability: '9.0',
      totalBytes: 8 * 2 ** 30,
      integrated: true,
      managedMemory: true,
      pageableMemoryAccess: false,
      pageableUsesHostPageTables: false,
      concurrentManagedAccess: true,
      eccEnabled: true,
      eccUncorrectedVolatile: 3,
      eccUncorrectedAggregate: 0,
      remappedRowsPending: true,
      remappingFailed: false,
      migEnabled: false,
      confidentialCompute: true,
      mps: false,
      driverVersion: '580.0',
      cudaVersion: '13.0',
    });
  });

  it('leaves out what they do not tell', async () => {
    setFacts({
      ecc_enabled: 'unsupported',
      ecc_uncorrected_volatile: 'unsupported',
      mig_enabled: 'unsupported',
      mps: 'unsupported',
    });
    const [facts] = await cudaBackend().devices();
    for (const fact of ['eccEnabled', 'eccUncorrectedVolatile', 'migEnabled', 'mps']) {
      expect(facts).not.toHaveProperty(fact);
    }
    expect(facts).toHaveProperty('eccUncorrectedAggregate', 0);
    setFacts({ nvml: 'unsupported' });
    const [without] = await cudaBackend().devices();
    expect(without).not.toHaveProperty('driverVersion');
    expect(without).not.toHaveProperty('remappingFailed');
    expect(without).toHaveProperty('cudaVersion', '13.0');
  });

  it('knows an instance of a partitioned GPU by its own name', async () => {
    setFacts({ mig_instances: 1, mig_enabled: 'unsupported' });
    const [facts] = await cudaBackend().devices();
    expect(facts).toMatchObject({ uuid: expect.stringMatching(/^MIG-/), migEnabled: true });
  });

  it('judges an allocation by the attributes of its pointer', async () => {
    setFacts({ is_managed: 1 });
    {
      await using device = await cudaBackend().open(0);
      const allocation = await device.allocate(1);
      expect(allocation.facts).toMatchObject({ memoryType: 'managed', managed: true });
    }
    setFacts({ memory_type: 1 });
    await using device = await cudaBackend().open(0);
    expect((await device.allocate(1)).facts).toMatchObject({ memoryType: 'host', managed: false });
  });

  it('has no in-place digest below compute capability 7.5', async () => {
    setFacts({ compute_capability_major: 7, compute_capability_minor: 0 });
    await using device = await cudaBackend().open(0);
    const allocation = await device.allocate(10);
    await expect(allocation.digest('blake3')).rejects.toMatchObject({ code: 'UNSUPPORTED_DIGEST' });
  });

  it('gives native code a tagged object that shows nothing', async () => {
    await using device = await cudaBackend().open(0);
    const { external } = await device.allocate(1);
    expect(inspect(external, { showHidden: true })).toBe('{}');
    expect(Object.isFrozen(external)).toBe(true);
  });

  it('finds a flipped bit of a protected allocation', async () => {
    await using device = await cudaBackend().open(0);
    const allocation = await device.allocate(3 * MIB);
    await allocation.write(0, new Uint8Array(3 * MIB).fill(7));
    const before = await allocation.digest('blake3');
    expect(await allocation.protect()).toBe('read-only');
    expect(standIn.flipBit(0, 2_000_000, 5)).toBe(true);
    expect(await allocation.digest('blake3')).not.toEqual(before);
  });

  it('wipes the pinned buffers when nothing is left to copy', async () => {
    await using device = await cudaBackend().open(0);
    const allocation = await device.allocate(70 * MIB);
    const bytes = new Uint8Array(70 * MIB).fill(1);
    // The buffers are wiped soon: on a busy machine perhaps before they can be looked at.
    const seen: number[] = [];
    for (let i = 0; i < 20 && !seen.some((count) => count > 0); i++) {
      await allocation.write(0, bytes);
      seen.push(standIn.pinnedBytesInUse(32 * MIB));
    }
    expect(Math.max(...seen)).toBeGreaterThan(0);
    await expect.poll(() => standIn.pinnedBytesInUse(32 * MIB), { timeout: 5000 }).toBe(0);
  });

  it('ends with its environment, whatever is under way', async () => {
    const worker = new Worker(new URL('./programs/busy-worker.mjs', import.meta.url));
    await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(standIn.held('contexts')).toBe(1);
    await worker.terminate();
  });

  it('has the numbers of the native headers', () => {
    const header = (name: string) =>
      readFileSync(new URL(`../../../native/include/vram/${name}`, import.meta.url), 'utf8');
    const status = header('status.h');
    for (const [name, number] of Object.entries(NATIVE_STATUS)) {
      expect(status).toMatch(new RegExp(`VRAM_${name} = ${number},`));
    }
    const device = header('device.h');
    for (const [name, number] of Object.entries(OPERATION)) {
      expect(device).toMatch(new RegExp(`VRAM_${name} = ${number}\\b`));
    }
    expect(device).toContain(`#define VRAM_REQUEST_BACKGROUND ${REQUEST_BACKGROUND}u`);
    expect(device).toContain(`#define VRAM_REQUEST_EXPORTABLE ${REQUEST_EXPORTABLE}u`);
  });
});
