import { existsSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the addon, the stand-in driver and the addon that steers it are built. */
const BUILD = fileURLToPath(new URL('../build/Release/', import.meta.url));

/** Whether they are: without CMake and a C++ compiler there is nothing to test over. */
export const isBuilt: boolean = existsSync(join(BUILD, 'stand_in_control.node'));

/** What the stand-in driver holds. */
export const RESOURCES = [
  'handles',
  'reservations',
  'mappings',
  'allocations',
  'host',
  'streams',
  'events',
  'modules',
  'contexts',
] as const;

/** The functions of native/test/cuda/stand-in/control.h. */
export interface StandInControl {
  fail(functionName: string, nth: number, result: number, lost: boolean): void;
  flipBit(mapping: number, offset: number, bit: number): boolean;
  /** Flips a bit of the allocation that has this external. */
  flipBitOf(external: object, offset: number, bit: number): boolean;
  trace(): string[];
  held(resource: (typeof RESOURCES)[number]): number;
  pending(): number;
  usedBytes(): number;
  pinnedBytesInUse(leastBytes: number): number;
  violations(): number;
  restore(): void;
}

type StandIn = 'vram-stand-in' | 'vram-stand-in-old';

/** The library of a stand-in driver: the environment variable VRAM_RESIDENCY_CUDA_DRIVER names one. */
export function standInPath(library: StandIn = 'vram-stand-in'): string {
  return join(BUILD, `${library}.so`);
}

/** Makes the backend of this process use a stand-in driver, and steers it. The library is loaded once per process. */
export function useStandIn(library: StandIn = 'vram-stand-in'): StandInControl {
  const path = standInPath(library);
  process.env['VRAM_RESIDENCY_CUDA_DRIVER'] = path;
  const require = createRequire(import.meta.url);
  const { control } = require(join(BUILD, 'stand_in_control.node')) as {
    control(path: string): StandInControl;
  };
  return control(path);
}

/** Makes the stand-in report these facts from now on; those that are missing are as of a healthy GPU. */
export function setFacts(facts: StandInFacts): void {
  process.env['VRAM_STAND_IN_FACTS'] = writeFacts(facts);
}

/** What the environment of another process needs so that its backend uses a stand-in driver with these facts. */
export function standInEnvironment(facts: StandInFacts): Record<string, string> {
  return {
    VRAM_RESIDENCY_CUDA_DRIVER: join(BUILD, 'vram-stand-in.so'),
    VRAM_STAND_IN_FACTS: writeFacts(facts),
  };
}

type StandInFacts = Readonly<Record<string, number | 'unsupported'>>;

function writeFacts(facts: StandInFacts): string {
  const file = join(mkdtempSync(join(tmpdir(), 'vram-stand-in-')), 'facts');
  const lines = Object.entries(facts).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(file, lines.join(''));
  return file;
}

/** How many descriptors of this process lead to memory of the stand-in, its own included. */
export function standInDescriptors(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('/memfd:vram-stand-in');
    } catch {
      return false;
    }
  }).length;
}
