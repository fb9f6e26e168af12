import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockDirectory } from './lock.js';

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  return { ...fs, statfs: vi.fn(fs.statfs) };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.mocked(statfs).mockReset();
  rmSync(directory, { recursive: true });
});

// Magic numbers of statfs(2): linux/magic.h, and coreutils' stat.c for those outside the kernel.
test.each([
  ['NFS', 0x6969],
  ['CIFS', 0xff534d42],
  ['Ceph', 0x00c36400],
  ['Lustre', 0x0bd00bd0],
  ['GPFS', 0x47504653],
  ['BeeGFS', 0x19830326],
  ['9P', 0x01021997],
])('a directory on %s is refused, unless it is allowed', async (name, type) => {
  const { statfs: actual } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  vi.mocked(statfs).mockResolvedValue({ ...(await actual(directory)), type });
  await expect(lockDirectory(directory)).rejects.toMatchObject({
    code: 'NETWORK_FILE_SYSTEM',
    message: expect.stringContaining(name),
  });
  await (await lockDirectory(directory, 'allow')).release();
});

test('without flock there is no lock, and that is said', async () => {
  const { statfs: actual } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  vi.mocked(statfs).mockImplementation(actual);
  vi.stubEnv('PATH', '/nonexistent');
  await expect(lockDirectory(directory)).rejects.toMatchObject({
    code: 'LOCK_UNAVAILABLE',
    retriable: false,
  });
  vi.unstubAllEnvs();
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'LOG_LOCKED' });
  await lock.release();
  await (await lockDirectory(directory)).release();
});
