import { parseDigest } from '@vram-residency/seal-crypto';
import { BACKENDS, type BackendEntry } from '../backends.js';
import { readCommandLine } from '../read-command-line.js';
import { UsageError } from '../usage-error.js';
import { parseByteCount, parseByteRate } from './byte-count.js';

const DEFAULT_AUDIT_DIR = 'vram-residency-audit';
const DEFAULT_SCRUB_BYTES_PER_SECOND = 64 * 1024 ** 2;

/** What a command line of `seal` asks for. */
export interface SealRequest {
  readonly files: readonly string[];
  readonly backend: BackendEntry;
  readonly deviceIndex: number;
  readonly capacityBytes: number | undefined;
  readonly digest: 'blake3' | 'sha256-fsverity';
  readonly expected: string | undefined;
  readonly auditDir: string;
  readonly workerId: string | undefined;
  readonly tokenFile: string | undefined;
  readonly secretFile: string | undefined;
  readonly rootKeyFile: string | undefined;
  readonly verify: boolean;
  /** How fast to re-verify while holding; `undefined` if nothing is held. */
  readonly holdBytesPerSecond: number | undefined;
  readonly json: boolean;
}

/**
 * Reads the arguments of `seal`; opens nothing.
 *
 * @throws UsageError; SealError `MALFORMED_DIGEST`
 */
export function readSealRequest(args: readonly string[]): SealRequest {
  const { values, positionals: files } = readCommandLine('seal', args, {
    device: { type: 'string', default: 'sim' },
    digest: { type: 'string', default: 'blake3' },
    expect: { type: 'string' },
    'audit-dir': { type: 'string', default: DEFAULT_AUDIT_DIR },
    'worker-id': { type: 'string' },
    'token-file': { type: 'string' },
    'secret-file': { type: 'string' },
    'root-key-file': { type: 'string' },
    capacity: { type: 'string' },
    verify: { type: 'boolean', default: false },
    hold: { type: 'boolean', default: false },
    scrub: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (files.length === 0) throw usage('Expected a file to seal');
  if (values.expect !== undefined && files.length > 1) {
    throw usage('Expected one file where --expect is given: a digest is that of one file');
  }
  const { digest, expect: expected } = values;
  if (digest !== 'blake3' && digest !== 'sha256-fsverity') {
    throw usage('Expected --digest blake3 or sha256-fsverity');
  }
  if (expected !== undefined) parseDigest(expected, digest);
  if (values['secret-file'] !== undefined && values['root-key-file'] !== undefined) {
    throw usage('Expected --secret-file or --root-key-file, not both');
  }
  return {
    files,
    ...readDevice(values.device, values.capacity),
    digest,
    expected,
    auditDir: values['audit-dir'],
    workerId: values['worker-id'],
    tokenFile: values['token-file'],
    secretFile: values['secret-file'],
    rootKeyFile: values['root-key-file'],
    verify: values.verify,
    holdBytesPerSecond: readHold(values.hold, values.scrub),
    json: values.json,
  };
}

function readDevice(
  device: string,
  capacity: string | undefined,
): Pick<SealRequest, 'backend' | 'deviceIndex' | 'capacityBytes'> {
  const chosen = BACKENDS.map((backend) => ({ backend, deviceIndex: backend.deviceIndex(device) })).find(
    ({ deviceIndex }) => deviceIndex !== undefined,
  );
  if (chosen?.deviceIndex === undefined) throw usage('Expected --device sim or the number of a GPU');
  const { backend, deviceIndex } = chosen;
  if (capacity === undefined) return { backend, deviceIndex, capacityBytes: undefined };
  if (!backend.simulated) throw usage('Expected no --capacity: it is for the simulated device');
  const capacityBytes = parseByteCount(capacity);
  if (capacityBytes === undefined) throw usage('Expected --capacity as a whole number of bytes');
  return { backend, deviceIndex, capacityBytes };
}

function readHold(hold: boolean, scrub: string | undefined): number | undefined {
  if (!hold && scrub !== undefined) throw usage('Expected --hold where --scrub is given');
  if (!hold) return undefined;
  if (scrub === undefined) return DEFAULT_SCRUB_BYTES_PER_SECOND;
  const bytesPerSecond = parseByteRate(scrub);
  if (bytesPerSecond === undefined) {
    throw usage('Expected --scrub as bytes a second, such as 500000, 64M or 1GiB/s');
  }
  return bytesPerSecond;
}

function usage(message: string): UsageError {
  return new UsageError(message, 'seal');
}
