import { CHUNK_BYTES, defaultEngines } from '@vram-residency/seal-crypto';
import { expect, test } from 'vitest';
import { simulatedBackend } from './simulated-backend.js';

test.each([1, CHUNK_BYTES, CHUNK_BYTES + 1])(
  'chunk digests of %i bytes belong to the whole',
  async (sizeBytes) => {
    await using device = await simulatedBackend().open(0);
    const allocation = await device.allocate(sizeBytes);
    for (const algorithm of ['blake3', 'sha256-fsverity'] as const) {
      const chunks = (await allocation.chunkDigests?.(algorithm)) ?? [];
      const whole = defaultEngines().digestFromChunks(algorithm, chunks, sizeBytes);
      expect(whole).toEqual(await allocation.digest(algorithm));
      const length = Math.min(sizeBytes, CHUNK_BYTES);
      expect(await allocation.chunkDigests?.(algorithm, { offset: 0, length })).toEqual(chunks.slice(0, 1));
    }
  },
);
