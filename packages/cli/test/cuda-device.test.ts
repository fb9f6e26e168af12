import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, standInEnvironment } from '../../cuda-backend/test/stand-in.js';
import { CommandRunner } from './command.js';

const MIB = 2 ** 20;

/**
 * Flips a bit in the device memory of a process on the stand-in driver, from outside: its allocations are memory files.
 *
 * @param sizeBytes the size of the allocation, which no other has
 */
function flipBit(pid: number, sizeBytes: number, offset: number): void {
  const folder = `/proc/${pid}/fd`;
  const paths = readdirSync(folder).map((descriptor) => join(folder, descriptor));
  const isMemory = (path: string) =>
    readlinkSync(path).startsWith('/memfd:vram-stand-in') && statSync(path).size === sizeBytes;
  const [path, ...more] = paths.filter(isMemory);
  expect(more).toEqual([]);
  const memory = openSync(path as string, 'r+');
  const byte = new Uint8Array(1);
  readSync(memory, byte, 0, 1, offset);
  byte[0] = (byte[0] as number) ^ 1;
  writeSync(memory, byte, 0, 1, offset);
  closeSync(memory);
}

describe.skipIf(!isBuilt)('the CUDA backend over the stand-in driver', () => {
  const environment = standInEnvironment({});
  let command: CommandRunner;
  beforeAll(() => {
    command = new CommandRunner();
    writeFileSync(join(command.dir, 'large.bin'), Buffer.alloc(32 * MIB));
    writeFileSync(join(command.dir, 'model.bin'), Buffer.alloc(3 * MIB + 5, 'weights'));
  });
  afterAll(() => command.remove());

  test('doctor shows its device with every fact', () => {
    const { out } = command.runWith({ environment }, 'doctor', '--json');
    const [cuda] = JSON.parse(out).backends;
    expect(cuda).toMatchObject({ name: 'cuda', simulated: true, status: 'available' });
    expect(cuda.devices[0].facts).toMatchObject({
      simulated: true,
      driver_version: '580.0',
      cuda_version: '13.0',
    });
    expect(Object.values(cuda.devices[0].facts)).not.toContain(null);
  });

  test.each(['blake3', 'sha256-fsverity'])(
    'seals and verifies a file by %s, and says that it is no GPU',
    (digest) => {
      const args = ['seal', '--device', '0', '--digest', digest, '--verify', '--json', 'model.bin'];
      const { code, out, error } = command.runWith({ environment }, ...args);
      expect(error).not.toMatch(/Error/);
      expect(code).toBe(0);
      const { seals, verified } = JSON.parse(out);
      expect(verified).toBe(true);
      const onHost = command.run('digest', '--digest', digest, 'model.bin');
      expect(onHost.out).toContain(seals[0].digest);
      const { out: text } = command.runWith({ environment }, 'seal', '--device', '0', 'model.bin');
      expect(text).toContain('SIMULATED');
    },
  );

  test('a device that is not there is told', () => {
    expect(command.runWith({ environment }, 'seal', '--device', '7', 'model.bin').error).toContain(
      'NO_SUCH_DEVICE',
    );
  });

  const doctor = (facts: Readonly<Record<string, number | 'unsupported'>>) => {
    const { code, out } = command.runWith({ environment: standInEnvironment(facts) }, 'doctor', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(out);
    return { ...document, cuda: document.backends[0] };
  };

  test('doctor shows each of several devices', () => {
    const { cuda } = doctor({ devices: 3 });
    const facts = cuda.devices.map((device: { facts: { index: number; uuid: string } }) => device.facts);
    expect(facts.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
    expect(new Set(facts.map(({ uuid }: { uuid: string }) => uuid)).size).toBe(3);
  });

  test('doctor shows an instance of a partitioned GPU, and that NVML says less of it', () => {
    const { cuda } = doctor({ mig_instances: 1, ecc_uncorrected_volatile: 'unsupported' });
    const [{ facts, policy }] = cuda.devices;
    expect(facts).toMatchObject({
      uuid: expect.stringMatching(/^MIG-/),
      mig_enabled: true,
      ecc_uncorrected_volatile: null,
    });
    expect(policy.violations).toContainEqual(expect.objectContaining({ severity: 'CRITICAL' }));
  });

  test.each([{ ecc_uncorrected_volatile: 2 }, { ecc_uncorrected_aggregate: 1 }, { remapping_failed: 1 }])(
    'doctor says what the policy has against a GPU with %o, and what to do',
    (facts) => {
      const healthy = doctor({}).cuda.devices[0].policy.violations;
      const { cuda, problems, usable_devices } = doctor(facts);
      const { violations } = cuda.devices[0].policy;
      expect(violations.length).toBe(healthy.length + 1);
      expect(usable_devices).toBe(0);
      expect(problems).toContainEqual(
        expect.objectContaining({ subject: 'cuda device 0', remedy: expect.stringMatching(/./) }),
      );
    },
  );

  test('doctor shows as unknown what NVML does not tell', () => {
    const { cuda } = doctor({ nvml: 'unsupported' });
    expect(cuda.devices[0].facts).toMatchObject({
      driver_version: null,
      ecc_uncorrected_volatile: null,
      remapping_failed: null,
      cuda_version: '13.0',
    });
  });

  test.each([
    {
      what: 'content that was not expected',
      facts: {},
      args: ['--expect', `blake3:${'0'.repeat(64)}`],
      exit: 13,
    },
    { what: 'a GPU with uncorrected ECC errors', facts: { ecc_uncorrected_volatile: 1 }, args: [], exit: 14 },
    { what: 'managed memory', facts: { is_managed: 1 }, args: [], exit: 14 },
    {
      what: 'too little memory',
      facts: { total_bytes: 1024 * MIB, occupied_bytes: 1008 * MIB },
      args: ['large.bin'],
      exit: 15,
    },
  ])('$what ends with $exit, and the log verifies', ({ what, facts, args, exit }) => {
    const log = what.replaceAll(' ', '-');
    const options = { environment: standInEnvironment(facts) };
    const place = ['--audit-dir', log, '--worker-id', 'w'];
    const { code } = command.runWith(options, 'seal', '--device', '0', ...place, ...args, 'model.bin');
    expect(code).toBe(exit);
    expect(command.run('log', 'verify', log).code).toBe(0);
  });

  test('a bit that flips in device memory while it is held ends the command with 13 and a CRITICAL record', async () => {
    const args = ['seal', 'model.bin', '--device', '0', '--hold', '--scrub', '64M'];
    const running = command.startWith({ environment }, ...args, '--audit-dir', 'flipped', '--worker-id', 'w');
    await running.says('Holding 1 shard resident');
    await delay(100);
    flipBit(running.child.pid as number, 4 * MIB, 2_000_000);
    const { code, error } = await running.end();
    expect(code, error).toBe(13);
    const segment = readFileSync(join(command.dir, 'flipped/segment-00000000000000000000.ndjson'), 'utf8');
    const records = segment
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.filter(({ severity }) => severity === 'CRITICAL')).toMatchObject([
      { event_type: 'seal_verification_failed', reason: 'digest_mismatch' },
    ]);
    expect(records).toContainEqual(expect.objectContaining({ event_type: 'vram_deallocated', zeroed: true }));
    expect(command.run('log', 'verify', 'flipped').code).toBe(0);
  });
});
