import { defineEvent } from '@vram-residency/audit-chain';
import { z } from 'zod';
import { contextShape } from './context.js';
import { byteCount, gpuDevice, identifier, shardId } from './fields.js';

/** Device memory was taken for a shard. */
export const VramAllocated = defineEvent(
  'vram_allocated',
  z
    .strictObject({
      requested_bytes: byteCount.describe('Bytes of the shard.'),
      allocated_bytes: byteCount.describe('Bytes that the device took, rounded up to its granularity.'),
      available_bytes: byteCount.describe(
        'Bytes that could still be had when this was asked for: free on the device, and within the budget.',
      ),
      used_bytes: byteCount.describe('Bytes that this worker holds, this allocation included.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      gpu_uuid: identifier.describe('UUID of the device.'),
      ...contextShape,
    })
    .describe('Device memory was taken for a shard.'),
  { severity: 'INFO' },
);

/** Device memory was asked for and not had. */
export const VramAllocationFailed = defineEvent(
  'vram_allocation_failed',
  z
    .strictObject({
      requested_bytes: byteCount.describe('Bytes of the shard.'),
      available_bytes: byteCount
        .nullable()
        .describe('Bytes that could be had when this was asked for; null if the device could not be asked.'),
      reason: z
        .enum(['insufficient_vram', 'driver_out_of_memory', 'budget_exceeded', 'device_error'])
        .describe(
          'The device has less free than asked; the driver refused although it had; the budget has less left; the device failed.',
        ),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      ...contextShape,
    })
    .describe('Device memory was asked for and not had.'),
  { severity: 'WARNING' },
);

/** Device memory of a shard was given back. */
export const VramDeallocated = defineEvent(
  'vram_deallocated',
  z
    .strictObject({
      shard_id: shardId.describe('The shard whose memory it was.'),
      freed_bytes: byteCount.describe(
        'Bytes that this worker gave back: 0 for adopted memory, which it never took. Of an exported shard the device has them once no other process holds them.',
      ),
      remaining_used: byteCount.describe('Bytes that this worker still holds.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      reason: z
        .enum(['released', 'evicted', 'manager_closed', 'leaked', 'seal_failed'])
        .describe(
          'Released by its owner; evicted for another; the manager closed; found unreleased by the garbage collector; a seal that failed was undone.',
        ),
      zeroed: z
        .boolean()
        .describe(
          'Whether every byte was overwritten with zero before the memory was given back; adopted memory never is.',
        ),
      ...contextShape,
    })
    .describe('Device memory of a shard was given back.'),
  { severity: 'INFO' },
);

export type VramAllocatedMembers = z.infer<typeof VramAllocated.schema>;
export type VramAllocationFailedMembers = z.infer<typeof VramAllocationFailed.schema>;
export type VramDeallocatedMembers = z.infer<typeof VramDeallocated.schema>;
