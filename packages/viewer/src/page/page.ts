import type { VerificationResult } from '@vram-residency/audit-chain';
import { LineStore } from '../log/line-store.js';
import { type LogIndex, rowOfPlace, rowOfSeq, segmentOfRow } from '../log/log-index.js';
import type { GivenKeys } from '../worker/messages.js';
import { askWorker, TaskFailure } from './ask-worker.js';
import { el } from './dom.js';
import { droppedFiles } from './dropped-files.js';
import { sortFiles } from './given-files.js';
import { memoryView } from './memory-view.js';
import { recordDetail } from './record-detail.js';
import { RecordsView } from './records-view.js';
import { save } from './save.js';
import { startView } from './start-view.js';
import { verdictView } from './verdict-view.js';

const NO_KEYS: GivenKeys = { anchors: [] };

/** The whole page: takes a log, has it verified and indexed by workers, and shows what they found. */
export class Page {
  readonly #body: HTMLElement;
  readonly #start = startView(
    (files) => this.#take(files),
    () => this.#check(),
  );
  readonly #status = el('div', { class: 'status', role: 'status' });
  readonly #verdict = el('div', {});
  readonly #content = el('div', {});
  readonly #detail = el('div', {});
  #files: readonly File[] = [];
  #keys: GivenKeys = NO_KEYS;
  #running = new AbortController();
  #shown: { readonly index: LogIndex; readonly lines: LineStore; readonly records: RecordsView } | undefined;

  constructor(body: HTMLElement) {
    this.#body = body;
  }

  start(): void {
    const theme = el(
      'button',
      { type: 'button', class: 'button plain', click: switchTheme },
      'Dark or light',
    );
    const header = el(
      'header',
      {},
      el('h1', {}, 'Audit log viewer'),
      el('p', { class: 'private' }, 'Nothing leaves this computer: the page has no network.'),
      theme,
    );
    // The verdict comes first; before there is one, its place is empty.
    const main = el(
      'main',
      {},
      this.#status,
      this.#verdict,
      this.#start.element,
      this.#content,
      this.#detail,
    );
    this.#body.append(header, main);
    this.#body.addEventListener('dragover', (event) => event.preventDefault());
    this.#body.addEventListener('drop', async (event) => {
      event.preventDefault();
      if (event.dataTransfer !== null) await this.#take(await droppedFiles(event.dataTransfer));
    });
    window.addEventListener('hashchange', () => this.#followLink());
  }

  async #take(files: readonly File[]): Promise<void> {
    const { log, texts } = await sortFiles(files);
    for (const { kind, text } of texts) this.#start.show(kind, text);
    if (log.length > 0) {
      this.#files = log;
      await this.#open();
    } else if (texts.length > 0) await this.#check();
    else
      this.#fail(
        new TypeError('Expected the files of a log: none of these is a segment, a key or a checkpoint.'),
      );
  }

  /** Verifies, and reads where everything is, at the same time. */
  async #open(): Promise<void> {
    this.#shown = undefined;
    this.#content.replaceChildren();
    this.#detail.replaceChildren();
    const checking = this.#check();
    const { signal } = this.#running;
    try {
      const { index, story, contents } = await askWorker({ kind: 'index', files: this.#files }, { signal });
      const lines = new LineStore(index, contents);
      const records = new RecordsView(index, lines, {
        onSelect: (row) => this.#select(row),
        search: (text) =>
          askWorker({ kind: 'search', files: this.#files, text }, { signal: this.#running.signal }),
      });
      this.#shown = { index, lines, records };
      this.#content.replaceChildren(...memoryView(story, (row) => this.#jump(row)), records.element);
      records.start();
      this.#followLink();
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
    await checking;
  }

  async #check(): Promise<void> {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.#verdict.replaceChildren();
    try {
      this.#keys = this.#start.keys();
      if (this.#files.length === 0) throw new TypeError('Give a log first: drop its folder, or choose it.');
      const bar = el('progress', { max: 1, value: 0, 'aria-label': 'Verifying' });
      this.#status.replaceChildren(el('span', {}, 'Verifying …'), bar);
      const onProgress = (part: number): void => {
        bar.value = part;
      };
      const task = { kind: 'verify', files: this.#files, keys: this.#keys } as const;
      const result = await askWorker(task, { signal, onProgress });
      this.#status.replaceChildren();
      this.#showVerdict(result);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #showVerdict(result: VerificationResult): void {
    const { vkey, rootKey, anchors } = this.#keys;
    const given = { vkey: vkey !== undefined, rootKey: rootKey !== undefined, anchors: anchors.length };
    const jump = (segment: string, line: number): void => {
      const row = this.#shown && rowOfPlace(this.#shown.index, segment, line);
      if (row !== undefined) this.#jump(row);
    };
    this.#verdict.replaceChildren(verdictView(result, given, jump));
    document.title = `${this.#verdict.querySelector('h2')?.textContent} – audit log viewer`;
    this.#verdict.querySelector('h2')?.focus();
  }

  #jump(row: number): void {
    this.#shown?.records.show(row);
    this.#select(row);
  }

  #select(row: number): void {
    const seq = this.#shown?.index.seqs[row] as number;
    if (!Number.isNaN(seq)) history.replaceState(null, '', `#seq=${seq}`);
    void this.#showDetail(row);
  }

  async #showDetail(row: number): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined) return;
    const { index, lines } = shown;
    const segment = index.segments[segmentOfRow(index, row)];
    const seq = index.seqs[row] as number;
    const place = `${segment?.name}, line ${row - (segment?.firstRow ?? 0) + 1}`;
    const { vkey } = this.#keys;
    const detail = recordDetail(await lines.read(row), Number.isNaN(seq) ? undefined : seq, place, {
      prove: (wanted) =>
        askWorker(
          { kind: 'prove', files: this.#files, seq: wanted, ...(vkey === undefined ? {} : { vkey }) },
          { signal: this.#running.signal },
        ),
      save: (name, text) => save(name, [text]),
      close: () => this.#detail.replaceChildren(),
    });
    if (this.#shown !== shown) return;
    this.#detail.replaceChildren(detail);
    detail.scrollIntoView({ block: 'nearest' });
    detail.querySelector('h3')?.focus({ preventScroll: true });
  }

  /** `#seq=7` shows record 7. */
  #followLink(): void {
    const [, seq] = /^#seq=(\d{1,16})$/.exec(location.hash) ?? [];
    const row = this.#shown && seq !== undefined ? rowOfSeq(this.#shown.index, Number(seq)) : undefined;
    if (row !== undefined) this.#jump(row);
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : 'Something failed';
    const remedy = error instanceof TaskFailure ? error.remedy : undefined;
    this.#status.replaceChildren(
      el('p', { class: 'failure', role: 'alert' }, message, ...(remedy === undefined ? [] : [` ${remedy}`])),
    );
  }
}

function switchTheme(): void {
  const { dataset } = document.documentElement;
  const isDark =
    dataset['theme'] === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : dataset['theme'] === 'dark';
  dataset['theme'] = isDark ? 'light' : 'dark';
}
