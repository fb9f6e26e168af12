import type { JsonValue } from '../src/json/profile.js';
import type { Step } from './make-log.js';

type Members = Readonly<Record<string, JsonValue>>;

const GPU_UUID = 'GPU-00000000-0000-0000-0000-000000000000';

/** Steps of a log as the library `vram-residency` records them. */
export const allocated = (used: number): Step => ({
  type: 'vram_allocated',
  members: {
    requested_bytes: 1000,
    allocated_bytes: 1024,
    available_bytes: 8192 - used,
    used_bytes: used,
    gpu_device: 0,
    gpu_uuid: GPU_UUID,
  },
});

export const sealed = (shardId: string, more: Members = {}): Step => ({
  type: 'vram_sealed',
  members: {
    shard_id: shardId,
    gpu_device: 0,
    gpu_uuid: GPU_UUID,
    vram_bytes: 1000,
    digest: 'a1'.repeat(32),
    digest_algorithm: 'blake3',
    backend: 'simulated',
    simulated: true,
    read_only: true,
    exclusive: true,
    model_ref: 'llama-3-8b',
    ...more,
  },
});

export const verified = (shardId: string, mode = 'full', bytes = 1000, device = 0): Step => ({
  type: 'seal_verified',
  members: { shard_id: shardId, gpu_device: device, mode, bytes_verified: bytes, count: 1 },
});

export const failed = (shardId: string, reason = 'digest_mismatch'): Step => ({
  type: 'seal_verification_failed',
  severity: 'CRITICAL',
  members: {
    shard_id: shardId,
    gpu_device: 0,
    reason,
    expected_digest: `blake3:${'a1'.repeat(32)}`,
    actual_digest: `blake3:${'b2'.repeat(32)}`,
    action_taken: 'worker_stopped',
  },
});

export const deallocated = (shardId: string, reason = 'released', used = 0): Step => ({
  type: 'vram_deallocated',
  members: {
    shard_id: shardId,
    freed_bytes: 1024,
    remaining_used: used,
    gpu_device: 0,
    reason,
    zeroed: true,
  },
});
