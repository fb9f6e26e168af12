import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const DEADLINE_MS = 120_000;
const POLL_MS = 20;
let runs = 0;

/** What a program printed, standard error included, in the order it was printed, and how it ended. */
export interface Ended {
  readonly output: string;
  readonly exitCode: number | null;
}

/** A running `node main.mjs` that prints into a file. */
export class Program {
  readonly #child: ChildProcess;
  readonly #file: string;
  readonly #exit: Promise<unknown[]>;

  /**
   * @param directory where `main.mjs` lies
   * @param scratch an existing folder for what it prints
   * @param user whom it runs as; default: who runs this
   */
  constructor(
    directory: string,
    args: readonly string[],
    scratch: string,
    environment: Record<string, string> = {},
    user: { readonly uid?: number; readonly gid?: number } = {},
  ) {
    runs += 1;
    this.#file = join(scratch, `output-${runs}.txt`);
    const output = openSync(this.#file, 'w');
    this.#child = spawn(process.execPath, ['main.mjs', ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', output, output],
      timeout: DEADLINE_MS,
      ...user,
    });
    closeSync(output);
    this.#exit = once(this.#child, 'exit');
  }

  /** Waits until what was printed matches, and gives the match. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + DEADLINE_MS;
    while (Date.now() < deadline && this.#child.exitCode === null) {
      const match = pattern.exec(this.#output());
      if (match !== null) return match;
      await setTimeout(POLL_MS);
    }
    throw new Error(`Expected the program to print ${pattern} but it printed:\n${this.#output()}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async ended(): Promise<Ended> {
    const [exitCode] = (await this.#exit) as [number | null];
    return { output: this.#output(), exitCode };
  }

  #output(): string {
    return readFileSync(this.#file, 'utf8');
  }
}
