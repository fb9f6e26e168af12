import type { Command } from './command.js';
import type { CommandIo } from './command-io.js';
import { digestCommand } from './digest/digest-command.js';
import { doctorCommand } from './doctor/doctor-command.js';
import { exitCodeOf } from './failure/exit-code.js';
import { logCommand } from './log-command.js';
import { VERSION } from './package-facts.js';
import { sealCommand } from './seal/seal-command.js';
import { USAGE } from './usage.js';
import { UsageError } from './usage-error.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['doctor', doctorCommand],
  ['digest', digestCommand],
  ['seal', sealCommand],
  ['log', logCommand],
]);

/** Runs `vram-residency ARGS`; returns the exit code. Never throws. */
export async function runVramResidency(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await run(args, io);
  } catch (error) {
    io.report(error);
    return exitCodeOf(error);
  }
}

async function run([name, ...args]: readonly string[], io: CommandIo): Promise<number> {
  switch (name) {
    case '--help':
    case '-h':
    case 'help':
      return print(USAGE, io);
    case '--version':
      return print(`vram-residency ${VERSION}\n`, io);
    case undefined:
      throw new UsageError('Expected a command: doctor, digest, seal or log');
  }
  const command = COMMANDS.get(name);
  if (command === undefined) {
    throw new UsageError(`There is no command ${name}: expected doctor, digest, seal or log`);
  }
  if (command.usage !== undefined && asksForHelp(args)) return print(command.usage, io);
  return command.run(args, io);
}

/** What follows `--` is no option. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function print(text: string, io: CommandIo): number {
  io.out(text);
  return 0;
}
