import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { segmentName } from '../segment-name.js';
import { listSegmentFiles } from './open-log.js';

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  return { ...fs, readdir: async (path: string) => [...(await fs.readdir(path)), segmentName(0)] };
});

test('a segment that is pruned while the directory is listed is not listed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'open-log-'));
  writeFileSync(join(directory, segmentName(7)), '');
  expect((await listSegmentFiles(directory)).map(({ firstSeq }) => firstSeq)).toEqual([7]);
  rmSync(directory, { recursive: true });
});
