import type { Ended } from './program.js';

/**
 * What stands in `expected-output.txt` in place of what differs from run to run; `examples/README.md` explains each to
 * readers.
 */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z/g, '<time>'],
  [/vram-residency\/[\w.:-]+\/[0-9a-f]{16}\+[0-9a-f]{8}\+[\w+/=]+/g, '<public key>'],
  [/\brun-\w{6}\b/g, '<run>'],
  [/(127\.0\.0\.1:)\d+/g, '$1<port>'],
  // Whether a second passed between two verifications decides how many of them are recorded.
  [/\b\d+ records\b/g, '<n> records'],
  [/\bends after \d+/g, 'ends after <n>'],
  [/\bseal_verified: \d+/g, 'seal_verified: <n>'],
  [/\b\d+ seal_verified/g, '<n> seal_verified'],
  [/(segment-\d{20}\.ndjson:)\d+ (CHECKPOINT_MISMATCH|ROLLED_BACK)/g, '$1<n> $2'],
];

/** What happened in a terminal, with placeholders for what differs from run to run. */
export class Transcript {
  readonly #folders: readonly (readonly [path: string, placeholder: string])[];
  readonly #parts: string[] = [];

  /** @param folders paths and what stands for them, the longest first */
  constructor(folders: readonly (readonly [path: string, placeholder: string])[]) {
    this.#folders = folders;
  }

  /** Adds a command with what it printed and its exit code. */
  add(command: string, { output, exitCode }: Ended): void {
    const printed = output === '' || output.endsWith('\n') ? output : `${output}\n`;
    this.#parts.push(`$ ${command}\n${printed}exit ${exitCode}\n`);
  }

  toString(): string {
    let text = this.#parts.join('\n');
    for (const [path, placeholder] of this.#folders) text = text.replaceAll(path, placeholder);
    for (const [pattern, placeholder] of CHANGING) text = text.replace(pattern, placeholder);
    return text;
  }
}
