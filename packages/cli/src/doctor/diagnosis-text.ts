import { visible } from '../visible.js';
import type { BackendDiagnosis, DeviceDiagnosis, Diagnosis, DigestEngineDiagnosis } from './diagnosis.js';
import { FACT_LABELS, FACTS, snakeCase } from './fact-labels.js';

const LABEL_WIDTH = 42;

/** A diagnosis for people. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { version, platform, node, digest_engines: engines, backends, problems } = diagnosis;
  const lines = [
    `vram-residency ${version}`,
    '',
    labelled('platform', `${platform.os} ${platform.arch}, ${platform.release}`),
    labelled('Node', `${node.version}, ${node.supported ? 'supported' : 'NOT SUPPORTED'} (${node.required})`),
    '',
    'Digest engines on the host',
    ...engines.map(engineLine),
    '',
    'Backends',
    ...backends.map(backendLine),
    ...backends.flatMap((backend) => backend.devices.flatMap((device) => deviceLines(backend, device))),
    '',
    `Devices that satisfy the policy: ${diagnosis.usable_devices}`,
    '',
    problems.length === 0 ? 'No problem was found.' : 'Problems, and what to do',
    ...problems.map(({ subject, problem, remedy }, i) => `  ${i + 1}. ${subject}: ${problem}. ${remedy}`),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function engineLine({ algorithm, engine, works }: DigestEngineDiagnosis): string {
  return labelled(algorithm, `${engine ?? 'none'}${works ? '' : ', DOES NOT WORK'}`);
}

function backendLine({ name, simulated, status, cause }: BackendDiagnosis): string {
  const kind = simulated ? ' (SIMULATED: process memory, no GPU is involved)' : '';
  return labelled(name, `${status}${cause === null ? '' : `: ${cause}`}${kind}`);
}

function deviceLines({ name }: BackendDiagnosis, { facts, policy }: DeviceDiagnosis): string[] {
  const { violations } = policy;
  return [
    '',
    `Device ${facts['index']} of the backend ${name}`,
    ...FACTS.map((fact) => labelled(FACT_LABELS[fact], factText(facts[snakeCase(fact)]))),
    labelled(`policy ${policy.name}`, violations.length === 0 ? 'satisfied' : 'VIOLATED'),
    ...violations.map(
      ({ rule, severity, details, remedy }) => `    ${severity} ${rule}: ${details}; ${remedy}`,
    ),
  ];
}

function labelled(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value}`;
}

function factText(value: DeviceDiagnosis['facts'][string] | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value ?? 'unknown');
}
