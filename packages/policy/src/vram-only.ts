import type { Policy } from './rule.js';

export interface VramOnlyOptions {
  /** Whether a simulated device may serve; default false. */
  readonly allowSimulated?: boolean;
}

const MINIMUM_TOTAL_BYTES = 1_073_741_824;

/**
 * The preset for inference workers: a healthy discrete GPU of compute capability 7.5 or later with at least 1 GiB,
 * and allocations that lie in its memory and nowhere else.
 */
export function vramOnly({ allowSimulated = false }: VramOnlyOptions = {}): Policy {
  const severity = 'CRITICAL' as const;
  return {
    name: 'vram_only',
    rules: [
      { rule: 'minimum_compute_capability', severity, minimum: '7.5' },
      { rule: 'minimum_total_memory', severity, minimum_bytes: MINIMUM_TOTAL_BYTES },
      ...(allowSimulated ? [] : [{ rule: 'no_simulated_device' as const, severity }]),
      { rule: 'no_uncorrected_ecc_errors', severity },
      { rule: 'no_failed_row_remapping', severity },
      { rule: 'no_integrated_gpu', severity },
      { rule: 'device_memory_only', severity },
    ],
  };
}
