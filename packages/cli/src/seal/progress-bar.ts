import { basename } from 'node:path';
import type { SealProgress } from 'vram-residency';
import type { CommandIo } from '../command-io.js';
import { visible } from '../visible.js';

const BAR_WIDTH = 30;
const NAME_WIDTH = 30;
const LINE_WIDTH = 79;

/** One line on a terminal that shows how far a file is; nothing where nobody watches. */
export class ProgressBar {
  readonly #io: Pick<CommandIo, 'error' | 'showsProgress'>;
  readonly #name: string;
  #shown = '';

  constructor(io: Pick<CommandIo, 'error' | 'showsProgress'>, file: string) {
    this.#io = io;
    const name = visible(basename(file));
    this.#name = name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name;
  }

  show({ phase, loadedBytes, totalBytes }: SealProgress): void {
    const part = loadedBytes / totalBytes;
    const bar = '#'.repeat(Math.floor(part * BAR_WIDTH)).padEnd(BAR_WIDTH, '.');
    const percent = String(Math.floor(part * 100)).padStart(3);
    this.#write(`[${bar}] ${percent} % ${phase} ${this.#name}`);
  }

  /** Leaves the line empty for whatever is written next. */
  clear(): void {
    if (this.#shown !== '') this.#write('');
  }

  #write(line: string): void {
    if (!this.#io.showsProgress || line === this.#shown) return;
    this.#io.error(`\r${line.padEnd(LINE_WIDTH)}${line === '' ? '\r' : ''}`);
    this.#shown = line;
  }
}
