import { AUDIT_ERROR_REMEDIES } from '@vram-residency/audit-chain';
import type { FailureCode } from './failure-code.js';

/** Says that the program is wrong, not what was given to it. */
export const REPORT_IT = 'This is a defect of vram-residency: report it with the command that was run.';

/** What to do about each code, one sentence; one that is missing here does not compile. */
export const REMEDIES: Readonly<Record<FailureCode, string>> = {
  ...AUDIT_ERROR_REMEDIES,
  // The device
  ALLOCATION_FREED: REPORT_IT,
  DEVICE_CLOSED: REPORT_IT,
  DEVICE_ERROR: 'Look at the driver’s log, and see vram-residency doctor.',
  DEVICE_LOST: 'Reset the GPU, and see vram-residency doctor.',
  FILE_UNREADABLE: 'Check the path, its permissions and the disk.',
  NO_SUCH_DEVICE: 'See vram-residency doctor for the devices there are; --device sim is the simulated one.',
  NOT_ADOPTABLE: REPORT_IT,
  NOT_EXPORTABLE: REPORT_IT,
  NOT_OWNED: REPORT_IT,
  OUT_OF_MEMORY: 'Free device memory, or use a device with more of it.',
  READ_ONLY: REPORT_IT,
  UNSUPPORTED_DIGEST: 'Seal with --digest blake3 or sha256-fsverity.',
  // The policy
  INVALID_POLICY: 'Correct the policy where the message points.',
  POLICY_VIOLATION: 'See vram-residency doctor for what each device violates.',
  // Digests and seals
  ENGINE_FAILED: 'Use another installation of Node or of vram-residency: this one computes wrong digests.',
  HASHER_FINISHED: REPORT_IT,
  KEY_DESTROYED: REPORT_IT,
  MALFORMED_DIGEST: 'Write blake3:, sha256-fsverity: or sha256: and 64 hex digits.',
  MALFORMED_SEAL: 'Give the seal as vram-residency seal --json printed it.',
  NOT_A_FILE: 'Give the path of a regular file, or - for standard input.',
  READ_FAILED: 'Check the path, its permissions and the disk.',
  SOURCE_CHANGED: 'Run the command again once nothing writes to the file any more.',
  TOKEN_TOO_SHORT: 'Give a token of at least 16 random bytes in VRAM_RESIDENCY_TOKEN or --token-file.',
  UNSUPPORTED: 'Use another digest; vram-residency doctor lists those that are there.',
  // The worker
  AUDIT_UNAVAILABLE: 'Repair what keeps the audit log from being written, and run the command again.',
  BACKEND_ABSENT: 'See vram-residency doctor for what is missing; --device sim is the simulated device.',
  DEVICE_FAILED: 'See vram-residency doctor for the state of the device.',
  INSUFFICIENT_VRAM: 'Free device memory, or seal fewer or smaller files at once.',
  INVALID_SEAL: 'Give the seal as vram-residency seal --json printed it.',
  MANAGER_CLOSED: REPORT_IT,
  MODEL_TOO_LARGE: 'Split the model into shards of at most 100 GiB.',
  SEAL_REJECTED: 'Compare the file with the one that was approved, and do not use it before they agree.',
  SHARD_EXISTS: REPORT_IT,
  SHARD_IN_USE: REPORT_IT,
  SHARD_RELEASED: REPORT_IT,
  SOURCE_NOT_A_FILE: 'Give the path of a regular file.',
  SOURCE_UNREADABLE: 'Check the path, its permissions and the disk.',
  UNKNOWN_SHARD: REPORT_IT,
  VERIFICATION_FAILED:
    'Do not use what this worker computed since the last verification; keep the audit log as evidence.',
  VIEW_EXPIRED: REPORT_IT,
  WORKER_NOT_STOPPED: REPORT_IT,
  WORKER_STOPPED: 'See the audit log for why the worker was stopped.',
  // The command line
  INTERRUPTED: 'Run the command again: nothing of it stayed sealed.',
};
