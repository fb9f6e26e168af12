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

/** Tags of the scenarios that only make sense over another machine than this run's. */
export const TAGS_OF_OTHER_MACHINES: readonly string[] = Object.keys(KINDS)
  .filter((id) => id !== machineUnderTest.id)
  .map((id) => `over-${id}`);
