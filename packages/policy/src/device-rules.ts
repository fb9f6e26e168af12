import type { DeviceFacts } from '@vram-residency/device';
import { type Finding, unless } from './finding.js';
import type { DeviceRule } from './rule.js';
import { isLowerVersion, isVersion } from './version.js';

/** What a rule finds wrong with a device. */
export function findInDevice(rule: DeviceRule, device: DeviceFacts): Finding {
  switch (rule.rule) {
    case 'minimum_compute_capability':
      return findLowerVersion('compute capability', device.computeCapability, rule.minimum);
    case 'minimum_driver_version':
      return findLowerVersion('driver version', device.driverVersion, rule.minimum);
    case 'minimum_total_memory':
      return findLessMemory(device.totalBytes, rule.minimum_bytes);
    case 'no_simulated_device':
      return unless(
        device.simulated,
        false,
        'Whether the device is simulated is unknown',
        'The device is simulated: no GPU holds the bytes',
      );
    case 'no_integrated_gpu':
      return unless(
        device.integrated,
        false,
        'Whether the GPU is integrated is unknown',
        'The GPU is integrated: its memory is the host’s',
      );
    case 'ecc_enabled':
      return unless(device.eccEnabled, true, 'Whether ECC is on is unknown', 'ECC is off');
    case 'no_uncorrected_ecc_errors':
      return findEccErrors(device);
    case 'no_pending_row_remapping':
      return unless(
        device.remappedRowsPending,
        false,
        'Whether rows wait to be remapped is unknown',
        'Rows wait for a reset to be remapped',
      );
    case 'no_failed_row_remapping':
      return unless(
        device.remappingFailed,
        false,
        'Whether a row remapping failed is unknown',
        'A row remapping failed: memory is damaged beyond repair',
      );
    case 'no_mig':
      return unless(
        device.migEnabled,
        false,
        'Whether the GPU is partitioned is unknown',
        'The GPU is partitioned',
      );
    case 'no_mps':
      return unless(
        device.mps,
        false,
        'Whether the GPU is shared through the multi-process service is unknown',
        'The GPU is shared through the multi-process service',
      );
    case 'confidential_compute':
      return unless(
        device.confidentialCompute,
        true,
        'Whether confidential computing is on is unknown',
        'Confidential computing is off',
      );
  }
}

function findLowerVersion(what: string, observed: string | undefined, minimum: string): Finding {
  if (!isVersion(observed)) return `The ${what} is unknown`;
  return isLowerVersion(observed, minimum) ? `The ${what} is ${observed}, below ${minimum}` : undefined;
}

function findLessMemory(totalBytes: number | undefined, minimumBytes: number): Finding {
  if (!isCount(totalBytes)) return 'The size of the device memory is unknown';
  return totalBytes < minimumBytes
    ? `The device has ${totalBytes} bytes of memory, below ${minimumBytes}`
    : undefined;
}

/** A counted error is a violation whatever else is known. Where ECC is known to be off, nothing counts. */
function findEccErrors({
  eccEnabled,
  eccUncorrectedVolatile,
  eccUncorrectedAggregate,
}: DeviceFacts): Finding {
  const counts = [eccUncorrectedVolatile, eccUncorrectedAggregate];
  const errors = Math.max(0, ...counts.filter(isCount));
  if (errors > 0) return `The device memory has ${errors} uncorrected ECC errors`;
  if (eccEnabled === false) return undefined;
  if (eccEnabled !== true) return 'Whether ECC is on is unknown';
  return counts.every(isCount) ? undefined : 'The number of uncorrected ECC errors is unknown';
}

/** A number that no device has, such as NaN, is as unknown as one that is absent. */
function isCount(fact: number | undefined): fact is number {
  return Number.isSafeInteger(fact) && Number(fact) >= 0;
}
