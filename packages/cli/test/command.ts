import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The built command. */
export const MAIN: string = fileURLToPath(new URL('../dist/main.js', import.meta.url));
export const TOKEN = 'token-of-the-worker-0123456789';
export const SECRET = 'a secret of sixteen bytes or more';
/** Root key of a log, as `--root-key-file` takes it. */
export const ROOT_KEY: string = '0123456789abcdef'.repeat(4);

/** How a run of the command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the built command in a folder of its own, and looks for secrets and stack traces in all that it writes. */
export class CommandRunner {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'vram-residency-cli-'));
  readonly environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    VRAM_RESIDENCY_TOKEN: TOKEN,
    VRAM_RESIDENCY_AUDIT_SECRET: SECRET,
  };

  run(...args: string[]): Ended {
    return this.runWith({}, ...args);
  }

  /** @param options what is different from an ordinary run; a variable that is undefined is not set */
  runWith(
    options: { readonly input?: string; readonly environment?: Record<string, string | undefined> },
    ...args: string[]
  ): Ended {
    const environment = { ...this.environment, ...options.environment };
    const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: this.dir,
      encoding: 'utf8',
      env,
      ...(options.input === undefined ? {} : { input: options.input }),
    });
    return inspected({ code: status, out: stdout, error: stderr });
  }

  /** Starts the command without waiting for its end. */
  start(...args: string[]): RunningCommand {
    return this.startWith({}, ...args);
  }

  /** @param options what is different from an ordinary run */
  startWith(
    { environment = {} }: { readonly environment?: Record<string, string> },
    ...args: string[]
  ): RunningCommand {
    const env = { ...this.environment, ...environment };
    return new RunningCommand(spawn(process.execPath, [MAIN, ...args], { cwd: this.dir, env }));
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}

/** A command that runs beside the test. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #out = '';
  #error = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#error += text;
    });
    this.#ended = new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, out: this.#out, error: this.#error }));
    });
  }

  get child(): ChildProcess {
    return this.#child;
  }

  /** Waits until the command has told people something on standard error. */
  async says(text: string): Promise<void> {
    await expect.poll(() => this.#error, { timeout: 20_000, interval: 20 }).toContain(text);
  }

  /** From now on no file of the command may grow beyond some size: what it writes after that fails. */
  limitFileSize(bytes: number): void {
    execFileSync('prlimit', [`--pid=${this.#child.pid}`, `--fsize=${bytes}`]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async end(): Promise<Ended> {
    return inspected(await this.#ended);
  }
}

function inspected(ended: Ended): Ended {
  const written = ended.out + ended.error;
  for (const secret of [TOKEN, SECRET, ROOT_KEY]) expect(written).not.toContain(secret);
  expect(ended.error).not.toMatch(/\n\s+at /);
  return ended;
}
