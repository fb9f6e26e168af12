import { defineEvent } from '@vram-residency/audit-chain';
import { z } from 'zod';
import { contextShape } from './context.js';
import { gpuDevice, identifier, text } from './fields.js';

/** A policy is violated by what was observed. A rule that only warns records it as WARNING. */
export const PolicyViolation = defineEvent(
  'policy_violation',
  z
    .strictObject({
      policy: identifier.describe('Name of the policy, such as `vram_only`.'),
      violation: identifier.describe(
        "`invalid_device_properties`, `unified_memory_detected`, or a rule's own name for it.",
      ),
      details: text.describe('What was observed and what the rule demands.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      action_taken: z
        .enum(['worker_stopped', 'logged'])
        .describe('New seals and executions are refused from now on; nothing but this record.'),
      ...contextShape,
    })
    .describe('A policy is violated by what was observed. WARNING for a rule that only warns.'),
  { severity: 'CRITICAL' },
);

/** A stopped worker was checked and works again. */
export const WorkerRecovered = defineEvent(
  'worker_recovered',
  z
    .strictObject({
      reason: text.describe('Why it may work again, as whoever recovered it said.'),
      gpu_device: gpuDevice.describe('Index of the device in its backend.'),
      ...contextShape,
    })
    .describe(
      'The policy was evaluated again, every resident shard was verified, and the worker works again.',
    ),
  { severity: 'WARNING' },
);

export type PolicyViolationMembers = z.infer<typeof PolicyViolation.schema>;
export type WorkerRecoveredMembers = z.infer<typeof WorkerRecovered.schema>;
