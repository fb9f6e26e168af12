import { definePolicy, type Policy } from './policy.js';

/** Options of {@link vramOnly}. */
export interface VramOnlyOptions {
  /** Whether a simulated device may serve; default false. */
  readonly allowSimulated?: boolean;
}

const ONE_GIB = 1024 ** 3;

/**
 * The preset for inference workers: a healthy discrete GPU of compute capability 7.5 or later with at least 1 GiB,
 * and allocations that lie in its memory and nowhere else. Every rule is critical.
 */
export function vramOnly({ allowSimulated = false }: VramOnlyOptions = {}): Policy {
  return definePolicy('vram_only', [
    { rule: 'minimum_compute_capability', minimum: '7.5' },
    { rule: 'minimum_total_memory', minimum_bytes: ONE_GIB },
    ...(allowSimulated === true ? [] : [{ rule: 'no_simulated_device' } as const]),
    { rule: 'no_uncorrected_ecc_errors' },
    { rule: 'no_failed_row_remapping' },
    { rule: 'no_integrated_gpu' },
    { rule: 'device_memory_only' },
  ]);
}
