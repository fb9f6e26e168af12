import type { RuleName } from './rule.js';

/** What the violations of a rule are called, and what to do about them. */
interface Explanation {
  readonly violation: string;
  readonly remedy: string;
}

const device = (remedy: string): Explanation => ({ violation: 'invalid_device_properties', remedy });
const unified = (remedy: string): Explanation => ({ violation: 'unified_memory_detected', remedy });

/** The explanation of every rule that is data. */
export const EXPLANATIONS: Readonly<Record<RuleName, Explanation>> = {
  minimum_compute_capability: device('use a newer GPU'),
  minimum_total_memory: device('use a GPU with more memory'),
  minimum_driver_version: device('update the driver'),
  no_simulated_device: device('use a real GPU, or allow the simulated device'),
  no_integrated_gpu: unified('use a discrete GPU'),
  ecc_enabled: device('turn ECC on and reset the GPU, or use a GPU that has it'),
  no_uncorrected_ecc_errors: device(
    'drain the worker and have the GPU reset, or replaced if errors come back; clear its counters then',
  ),
  no_pending_row_remapping: device('drain the worker and reset the GPU'),
  no_failed_row_remapping: device('have the GPU replaced'),
  no_mig: device('turn MIG off, or use a GPU that is not partitioned'),
  no_mps: device('run the worker without the multi-process service'),
  confidential_compute: device('use a GPU and a host with confidential computing turned on'),
  device_memory_only: unified('use a backend that allocates device memory'),
  exclusive_allocation: {
    violation: 'allocation_not_exclusive',
    remedy: 'do not export the allocation to other processes',
  },
};
