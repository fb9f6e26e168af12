import { type Backend, DeviceError, type DeviceFacts, type ProbeResult } from '@vram-residency/device';
import { evaluate, type Policy } from '@vram-residency/policy';
import { type DigestEngines, type EngineInfo, SealError } from '@vram-residency/seal-crypto';
import type { BackendEntry } from '../backends.js';
import { capitalised } from '../capitalised.js';
import { REMEDIES } from '../failure/remedies.js';
import type {
  BackendDiagnosis,
  DeviceDiagnosis,
  Diagnosis,
  DigestEngineDiagnosis,
  Problem,
} from './diagnosis.js';
import { FACTS, snakeCase } from './fact-labels.js';
import { isSupportedNode } from './node-version.js';

/** What is examined. */
export interface Patient {
  readonly version: string;
  readonly platform: Diagnosis['platform'];
  readonly nodeVersion: string;
  readonly nodeRange: string;
  readonly engines: DigestEngines;
  readonly backends: readonly BackendEntry[];
  readonly policy: Policy;
}

/** Examines what the command runs on. A backend that fails is a finding, not a failure. */
export async function diagnose(patient: Patient): Promise<Diagnosis> {
  const { version, platform, nodeVersion, nodeRange, engines, policy } = patient;
  const node = {
    version: nodeVersion,
    required: nodeRange,
    supported: isSupportedNode(nodeVersion, nodeRange),
  };
  const digestEngines = engines.engineInfo().map((info) => diagnoseEngine(engines, info));
  const backends: BackendDiagnosis[] = [];
  const problems: Problem[] = [...nodeProblems(node), ...digestEngines.flatMap(engineProblems)];
  for (const entry of patient.backends) {
    const backend = await diagnoseBackend(entry, policy);
    backends.push(backend);
    problems.push(...backendProblems(entry, backend), ...deviceProblems(backend));
  }
  const usable = backends.flatMap(({ devices }) => devices).filter(isUsable).length;
  return {
    version,
    platform,
    node,
    digest_engines: digestEngines,
    backends,
    usable_devices: usable,
    problems,
  };
}

/** An engine is tested against a known digest before its first use, so the digest of nothing tells. */
function diagnoseEngine(engines: DigestEngines, info: EngineInfo): DigestEngineDiagnosis {
  const { algorithm, engine = null, candidates } = info;
  let works = true;
  try {
    engines.digest(algorithm, new Uint8Array(0));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    works = false;
  }
  return { algorithm, engine, works, candidates };
}

async function diagnoseBackend(entry: BackendEntry, policy: Policy): Promise<BackendDiagnosis> {
  const { name, simulated } = entry;
  const backend = entry.create({});
  const { probe, facts } = await examine(backend);
  return {
    name,
    simulated,
    status: probe.status,
    code: probe.status === 'failed' ? probe.code : null,
    cause: probe.status === 'available' ? null : probe.cause,
    devices: facts.map((device) => diagnoseDevice(device, policy)),
  };
}

/** A backend that can work but cannot name its devices has failed. */
async function examine(backend: Backend): Promise<{ probe: ProbeResult; facts: readonly DeviceFacts[] }> {
  const probe = await backend.probe();
  if (probe.status !== 'available') return { probe, facts: [] };
  try {
    return { probe, facts: await backend.devices() };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { probe: { status: 'failed', code: error.code, cause: error.message }, facts: [] };
  }
}

function diagnoseDevice(device: DeviceFacts, policy: Policy): DeviceDiagnosis {
  return {
    facts: Object.fromEntries(FACTS.map((fact) => [snakeCase(fact), device[fact] ?? null])),
    policy: {
      name: policy.name,
      violations: evaluate(policy, { device }).map(({ rule, violation, details, severity, remedy }) => {
        return { rule, violation, details, severity, remedy };
      }),
    },
  };
}

function isUsable({ policy }: DeviceDiagnosis): boolean {
  return policy.violations.every(({ severity }) => severity !== 'CRITICAL');
}

function nodeProblems({ version, required, supported }: Diagnosis['node']): Problem[] {
  if (supported) return [];
  const problem = `Node ${version} is not supported`;
  return [{ subject: 'node', problem, remedy: `Install a version of Node that is ${required}.` }];
}

function engineProblems({ algorithm, engine, works }: DigestEngineDiagnosis): Problem[] {
  if (works) return [];
  const subject = `digest ${algorithm}`;
  if (engine === null) {
    return [{ subject, problem: 'No engine computes this digest', remedy: REMEDIES.UNSUPPORTED }];
  }
  const problem = `The engine ${engine} does not compute a known digest`;
  return [{ subject, problem, remedy: REMEDIES.ENGINE_FAILED }];
}

function backendProblems(entry: BackendEntry, { name, code, cause }: BackendDiagnosis): Problem[] {
  if (cause === null) return [];
  const remedy = code === null ? entry.remedyIfAbsent : REMEDIES[code];
  return [{ subject: name, problem: cause, remedy }];
}

function deviceProblems({ name, devices }: BackendDiagnosis): Problem[] {
  return devices.flatMap(({ facts, policy }) =>
    policy.violations.map(({ details, remedy }) => ({
      subject: `${name} device ${facts['index']}`,
      problem: details,
      remedy: `${capitalised(remedy)}.`,
    })),
  );
}
