import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the vectors lie; see the README beside them. */
export const VECTORS: string = fileURLToPath(new URL('./vectors/', import.meta.url));

/** A log of the vectors and how it must be judged. */
export interface LogCase {
  readonly name: string;
  readonly secret: string | null;
  readonly vkey: string | null;
  readonly anchor: string | null;
  readonly status: string;
  readonly exit_code: number;
  readonly records: number;
  readonly reasons: readonly string[];
  readonly first_defect: object | null;
}

/** Every line of one log, with its keys, leaf hashes and root. */
export interface LineVectors {
  readonly secret: string;
  readonly origin: string;
  readonly signing_seed: string;
  readonly vkey: string;
  readonly skey: string;
  readonly E0: string;
  readonly lines: readonly string[];
  readonly leaf_hashes: readonly string[];
  readonly root_hash: string;
}

export interface MerkleVectors {
  readonly roots: Readonly<Record<string, string>>;
  readonly inclusion: readonly { readonly index: number; readonly size: number; readonly proof: string[] }[];
  readonly consistency: readonly { readonly from: number; readonly to: number; readonly proof: string[] }[];
}

const load = (name: string) => JSON.parse(readFileSync(join(VECTORS, name), 'utf8'));

export const logCases: readonly LogCase[] = load('logs/cases.json').cases;
export const lineVectors: LineVectors = load('audit-lines.json');
export const merkleVectors: MerkleVectors = load('merkle.json');

/** The files of a log of the vectors. */
export function logFiles(name: string): Map<string, Uint8Array> {
  const directory = join(VECTORS, 'logs', name);
  return new Map(
    readdirSync(directory).map((file) => [file, new Uint8Array(readFileSync(join(directory, file)))]),
  );
}

/** What `verifyLog` is given for a case. */
export function optionsOf({ secret, vkey, anchor }: LogCase): {
  secret?: string;
  vkey?: string;
  anchors?: readonly string[];
} {
  return {
    ...(secret === null ? {} : { secret }),
    ...(vkey === null ? {} : { vkey }),
    ...(anchor === null ? {} : { anchors: [anchor] }),
  };
}

/** The part of a result that the vectors state, in their form. */
export function stated(result: {
  readonly status: string;
  readonly exitCode: number;
  readonly records: number;
  readonly defects: readonly { readonly reason: string; readonly segment: unknown; readonly line: unknown }[];
}): Pick<LogCase, 'status' | 'exit_code' | 'records' | 'reasons' | 'first_defect'> {
  const { status, exitCode: exit_code, records, defects } = result;
  const [first] = defects.map(({ reason, segment, line }) => ({ reason, segment, line }));
  const reasons = [...new Set(defects.map(({ reason }) => reason))].sort();
  return { status, exit_code, records, reasons, first_defect: first ?? null };
}
