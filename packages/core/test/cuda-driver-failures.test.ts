import { DeviceError } from '@vram-residency/device';
import { beforeEach, describe, expect, it } from 'vitest';
import { PolicyError, VramError } from 'vram-residency';
import {
  isBuilt,
  RESOURCES,
  type StandInControl,
  setFacts,
  standInDescriptors,
  useStandIn,
} from '../../cuda-backend/test/stand-in.js';
import { type Cycle, cycle, cycleOnDisk, expectTrueEvents, SHARD_IDS } from './cuda-cycle.js';

const CUDA_ERROR_OUT_OF_MEMORY = 2;
const CUDA_ERROR_DEINITIALIZED = 4;
const CUDA_ERROR_ECC_UNCORRECTABLE = 214;
const CUDA_ERROR_LAUNCH_FAILED = 719;
const CUDA_ERROR_UNKNOWN = 999;

/** Results after which the context is gone, and the driver answers the same to every later call. */
const LOST = [CUDA_ERROR_ECC_UNCORRECTABLE, CUDA_ERROR_LAUNCH_FAILED, CUDA_ERROR_DEINITIALIZED];

/** Functions that give something back. */
const RELEASING = [
  'cuMemUnmap',
  'cuMemAddressFree',
  'cuMemFree',
  'cuMemFreeHost',
  'cuEventDestroy',
  'cuStreamSynchronize',
  'cuStreamDestroy',
  'cuModuleUnload',
  'cuDevicePrimaryCtxRelease',
];

interface Call {
  readonly name: string;
  /** Which call of the cycle it is, from 1. */
  readonly nth: number;
}

/** The calls of a healthy cycle. The pinned buffers may be wiped meanwhile, which takes calls: the shortest counts. */
async function callsOfCycle(standIn: StandInControl): Promise<Call[]> {
  let shortest: string[] | undefined;
  for (let i = 0; i < 3; i++) {
    standIn.restore();
    const healthy = await cycle();
    expect(healthy.failure).toBeUndefined();
    const trace = standIn.trace();
    if (shortest === undefined || trace.length < shortest.length) shortest = trace;
  }
  return (shortest as string[]).map((name, i) => ({ name, nth: i + 1 }));
}

/** The first and the last call of every function. */
function firstAndLast(calls: readonly Call[]): Call[] {
  return calls.filter(
    (call) =>
      call === calls.find(({ name }) => name === call.name) ||
      call === calls.findLast(({ name }) => name === call.name),
  );
}

function ofType({ events }: Cycle, type: string): unknown[] {
  return events.filter((event) => event.type === type).map(({ members }) => members['shard_id']);
}

describe.skipIf(!isBuilt)('every driver call of a worker fails in turn', async () => {
  if (!isBuilt) return;
  const standIn = useStandIn();
  setFacts({ total_bytes: 2 ** 31 });
  const calls = await callsOfCycle(standIn);
  beforeEach(() => standIn.restore());

  function expectNothingHeld(): void {
    for (const resource of RESOURCES) expect(standIn.held(resource), resource).toBe(0);
    expect(standIn.usedBytes()).toBe(0);
    expect(standInDescriptors()).toBe(0);
    expect(standIn.violations()).toBe(0);
  }

  /** A cycle in which a call fails: whatever comes of it, it is told truly and nothing is left. */
  async function failing({ nth }: Call, result: number, lost: boolean): Promise<void> {
    standIn.fail('', nth, result, lost);
    const failed = await (result === CUDA_ERROR_UNKNOWN ? cycleOnDisk() : cycle());
    expect(standIn.pending()).toBe(0);
    const { failure } = failed;
    const isKnown = failure instanceof VramError || failure instanceof PolicyError;
    if (failure !== undefined) expect(isKnown, String(failure)).toBe(true);
    else expect(ofType(failed, 'vram_sealed')).toEqual(SHARD_IDS);
    expect(failure instanceof PolicyError).toBe(ofType(failed, 'policy_violation').length > 0);
    expectTrueEvents(failed);
    expectNothingHeld();
  }

  async function expectHealthyCycle(): Promise<void> {
    const healthy = await cycle();
    expect(healthy.failure).toBeUndefined();
    expect(ofType(healthy, 'vram_sealed')).toEqual(SHARD_IDS);
    // What closing releases ends in any order.
    expect(ofType(healthy, 'vram_deallocated').toSorted()).toEqual([...SHARD_IDS].toSorted());
    expectTrueEvents(healthy);
    expectNothingHeld();
  }

  it('a cycle without failures calls the driver and NVML, works and leaves nothing', async () => {
    await expectHealthyCycle();
    const names = new Set(calls.map(({ name }) => name));
    expect([...names].filter((name) => name.startsWith('cu')).length).toBeGreaterThan(30);
    expect([...names].filter((name) => name.startsWith('nvml')).length).toBeGreaterThan(5);
  });

  describe.each([CUDA_ERROR_UNKNOWN, CUDA_ERROR_OUT_OF_MEMORY])('once, with %i', (result) => {
    it.each(calls)('call $nth, $name: nothing leaks, the log is true, the next cycle works', async (call) => {
      await failing(call, result, false);
      await expectHealthyCycle();
    });
  });

  describe.each(LOST)('for good, with %i', (result) => {
    const chosen = result === CUDA_ERROR_ECC_UNCORRECTABLE ? calls : firstAndLast(calls);
    it.each(chosen)(
      'call $nth, $name: nothing is left to give back, the next cycle is refused',
      async (call) => {
        await failing(call, result, true);
        const next = await cycle();
        expect(next.failure).toMatchObject({ code: 'DEVICE_FAILED', cause: { code: 'DEVICE_LOST' } });
        expect((next.failure as Error).cause).toBeInstanceOf(DeviceError);
        expect(ofType(next, 'vram_sealed')).toEqual([]);
        expectTrueEvents(next);
      },
    );
  });

  it.each(['nvmlInit_v2', 'nvmlDeviceGetTotalEccErrors', 'nvmlDeviceGetRemappedRows'])(
    'without %s the policy refuses the device, for nobody can vouch for its memory',
    async (name) => {
      const times = calls.filter((call) => call.name === name).length;
      for (let i = 0; i < times; i++) standIn.fail(name, 1, CUDA_ERROR_UNKNOWN, false);
      const refused = await cycle();
      expect(refused.failure).toBeInstanceOf(PolicyError);
      expect(ofType(refused, 'vram_allocated')).toEqual([]);
      expect(ofType(refused, 'policy_violation').length).toBeGreaterThan(0);
      expectTrueEvents(refused);
      expectNothingHeld();
    },
  );

  it.each(RELEASING)('%s fails eight times in a row: closing again gives back what is left', async (name) => {
    for (let i = 0; i < 8; i++) standIn.fail(name, 1, CUDA_ERROR_UNKNOWN, false);
    expectTrueEvents(await cycle());
    expect(standIn.pending()).toBeLessThan(8);
    expectNothingHeld();
  });
});
