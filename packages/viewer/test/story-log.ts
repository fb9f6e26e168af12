import { type MadeLog, makeLog, type Step } from '../../audit-chain/test/make-log.js';

const GIB = 2 ** 30;
const DIGEST = '5e'.repeat(32);

/** A log as a worker writes it: models come and go, are verified, one fails, and one has a name that would mislead. */
export function storyLog(rounds: number): MadeLog {
  const steps: Step[] = [];
  const held: { readonly id: string; readonly bytes: number }[] = [];
  const used = (): number => held.reduce((sum, { bytes }) => sum + bytes, 0);
  const event = (type: string, members: Exclude<Step, string>['members']): void => {
    steps.push({ type, members: { ...members, gpu_device: 0 } });
  };
  for (let round = 0; round < rounds; round++) {
    const id = `shard-${round}`;
    const bytes = (2 + ((round * 7) % 5)) * GIB;
    held.push({ id, bytes });
    event('vram_allocated', {
      requested_bytes: bytes,
      allocated_bytes: bytes,
      available_bytes: 80 * GIB - used(),
      used_bytes: used(),
      gpu_uuid: 'GPU-0',
    });
    event('vram_sealed', {
      shard_id: id,
      gpu_uuid: 'GPU-0',
      vram_bytes: bytes,
      digest: DIGEST,
      digest_algorithm: 'blake3',
      backend: 'cuda',
      simulated: false,
      read_only: true,
      exclusive: true,
      model_ref: round === 1 ? 'llama\u202egnp.\u202c<b>bold</b>' : `mistral-7b/${round}`,
    });
    for (const { id: shard, bytes: size } of held) {
      event('seal_verified', { shard_id: shard, mode: 'full', bytes_verified: size, count: 1 });
    }
    if (round === 4) {
      event('seal_verification_failed', {
        shard_id: id,
        reason: 'digest_mismatch',
        expected_digest: `blake3:${DIGEST}`,
        actual_digest: `blake3:${'0f'.repeat(32)}`,
        action_taken: 'worker_stopped',
      });
    }
    if (round % 4 === 3) steps.push('rotate');
    const oldest = held.length > 3 ? held.shift() : undefined;
    if (oldest === undefined) continue;
    event('vram_deallocated', {
      shard_id: oldest.id,
      freed_bytes: oldest.bytes,
      remaining_used: used(),
      reason: 'released',
      zeroed: true,
    });
  }
  return makeLog([...steps, 'close']);
}
