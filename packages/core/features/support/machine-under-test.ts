import type { MachineKind } from './machine.js';
import { named } from './named.js';
import { simulatedMachine } from './simulated-machine.js';
import { standInMachine } from './stand-in-machine.js';

const KINDS: Readonly<Record<string, MachineKind>> = Object.fromEntries(
  [simulatedMachine, standInMachine].map((kind) => [kind.id, kind]),
);

/** The kind of machine that this run is over, as the project of vitest says. */
export const machineUnderTest: MachineKind = named(
  KINDS,
  process.env['VRAM_RESIDENCY_FEATURES_OVER'] ?? simulatedMachine.id,
);
