import type { DeviceErrorCode, ProbeResult } from '@vram-residency/device';
import type { Violation } from '@vram-residency/policy';
import type { DigestAlgorithm } from '@vram-residency/seal-crypto';

/** What doctor found, as `doctor --json` prints it. */
export interface Diagnosis {
  /** Of vram-residency. */
  readonly version: string;
  readonly platform: { readonly os: string; readonly arch: string; readonly release: string };
  readonly node: { readonly version: string; readonly required: string; readonly supported: boolean };
  readonly digest_engines: readonly DigestEngineDiagnosis[];
  readonly backends: readonly BackendDiagnosis[];
  /** How many devices the policy has no CRITICAL violation of. */
  readonly usable_devices: number;
  readonly problems: readonly Problem[];
}

/** Which engine computes a digest on the host. */
export interface DigestEngineDiagnosis {
  readonly algorithm: DigestAlgorithm;
  /** The engine that runs; null if none does. */
  readonly engine: string | null;
  /** Whether it computed a known digest now. */
  readonly works: boolean;
  /** All engines in the order in which they are asked. */
  readonly candidates: readonly {
    readonly name: string;
    readonly supported: boolean;
    readonly forbidden: boolean;
  }[];
}

export interface BackendDiagnosis {
  readonly name: string;
  readonly simulated: boolean;
  readonly status: ProbeResult['status'];
  /** The stable code of what failed; null unless `status` is `failed`. */
  readonly code: DeviceErrorCode | null;
  /** Why it is not available; null if it is. */
  readonly cause: string | null;
  readonly devices: readonly DeviceDiagnosis[];
}

export interface DeviceDiagnosis {
  /** Every fact of `DeviceFacts` in snake_case; null where it is unknown. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  readonly policy: { readonly name: string; readonly violations: readonly Violation[] };
}

export interface Problem {
  /** Such as `node`, `cuda`, `simulated device 0`. */
  readonly subject: string;
  /** Without its full stop. */
  readonly problem: string;
  /** One sentence. */
  readonly remedy: string;
}
