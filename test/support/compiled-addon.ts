import { readFileSync } from 'node:fs';
import { run } from './outside.js';

const ELF = Buffer.from('\x7fELF', 'latin1');
/** e_machine of an ELF header, and what stands there for a GPU. */
const MACHINE_OFFSET = 18;
const EM_CUDA = 190;

/** What a shared object asks of the system that loads it, and what it gives. */
export interface CompiledAddon {
  /** The libraries that it is linked with. */
  readonly libraries: readonly string[];
  /** The newest glibc that a symbol is asked of, as `2.34`. */
  readonly glibc: string;
  readonly exported: readonly string[];
  /** How many images assembled for a GPU it contains. */
  readonly gpuImages: number;
  /** The GPU architectures that it has kernels as text for. */
  readonly texts: readonly string[];
  contains(text: string): boolean;
}

/** Reads a shared object with binutils' readelf. */
export function readCompiledAddon(file: string, folder: string): CompiledAddon {
  const bytes = readFileSync(file);
  const dynamic = run('readelf', ['--wide', '--dynamic', file], folder);
  const symbols = run('readelf', ['--wide', '--dyn-syms', file], folder).split('\n');
  const versions = symbols.flatMap((line) => /@GLIBC_([0-9.]+)/.exec(line)?.[1] ?? []);
  return {
    libraries: [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name as string),
    glibc: versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? '',
    exported: symbols.flatMap((line) => /(?:GLOBAL|WEAK|UNIQUE) +\S+ +\d+ +(\S+)/.exec(line)?.[1] ?? []),
    gpuImages: positions(bytes, ELF).filter((at) => bytes.readUInt16LE(at + MACHINE_OFFSET) === EM_CUDA)
      .length,
    texts: [...bytes.toString('latin1').matchAll(/^\.target (sm_\d+)/gm)].map(([, name]) => name as string),
    contains: (text) => bytes.includes(text),
  };
}

function positions(bytes: Buffer, pattern: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 1)) found.push(at);
  return found;
}
