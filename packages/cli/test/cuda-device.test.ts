import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandRunner } from './command.js';

/** The stand-in for the CUDA driver, which is built where CMake and a C++ compiler are. */
const STAND_IN = fileURLToPath(new URL('../../cuda-backend/build/Release/vram-stand-in.so', import.meta.url));

describe.skipIf(!existsSync(STAND_IN))('the CUDA backend over the stand-in driver', () => {
  const environment = { VRAM_RESIDENCY_CUDA_DRIVER: STAND_IN };
  let command: CommandRunner;
  beforeAll(() => {
    command = new CommandRunner();
    writeFileSync(join(command.dir, 'model.bin'), Buffer.alloc(3 * 2 ** 20 + 5, 'weights'));
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
});
