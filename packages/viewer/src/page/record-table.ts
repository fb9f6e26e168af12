import type { LineStore } from '../log/line-store.js';
import { type LogIndex, NOT_A_RECORD, SEVERITY_NAMES } from '../log/log-index.js';
import { el, untrusted } from './dom.js';
import { timeText } from './format.js';
import { memberSummary } from './member-summary.js';
import { VirtualScroll } from './virtual-scroll.js';

const ROW_HEIGHT = 34;

/** The records, as many as one likes: only those in view are read and drawn. */
export class RecordTable {
  readonly element: HTMLElement;
  readonly #index: LogIndex;
  readonly #lines: LineStore;
  readonly #onSelect: (row: number) => void;
  readonly #rowsElement = el('div', { class: 'rows' });
  readonly #grid: HTMLElement;
  readonly #scroll: VirtualScroll;
  #rows: Uint32Array;
  #active = 0;
  #selectedRow: number | undefined;

  /** @param onSelect told of the row of the index that was chosen */
  constructor(index: LogIndex, lines: LineStore, onSelect: (row: number) => void) {
    this.#index = index;
    this.#lines = lines;
    this.#onSelect = onSelect;
    this.#rows = new Uint32Array();
    const spacer = el('div', { class: 'spacer' }, this.#rowsElement);
    this.#grid = el(
      'div',
      {
        class: 'viewport',
        role: 'listbox',
        tabindex: 0,
        'aria-label': 'Records',
        keydown: (event: KeyboardEvent) => this.#key(event),
      },
      spacer,
    );
    this.#scroll = new VirtualScroll(this.#grid, spacer, ROW_HEIGHT, () => this.#draw());
    const heads = ['Record', 'Time (UTC)', 'Severity', 'Event', 'Members'];
    this.element = el(
      'div',
      { class: 'table' },
      el('div', { class: 'row head', 'aria-hidden': 'true' }, ...heads.map((name) => el('span', {}, name))),
      this.#grid,
    );
    new ResizeObserver(() => this.#draw()).observe(this.#grid);
  }

  /** @param rows rows of the index, ascending */
  setRows(rows: Uint32Array): void {
    this.#rows = rows;
    this.#active = 0;
    this.#scroll.setRows(rows.length);
    this.#draw();
  }

  /** Brings a row of the index into view; `false` if the filter leaves it out. */
  show(row: number): boolean {
    const place = this.#rows.indexOf(row);
    if (place < 0) return false;
    this.#active = place;
    this.#selectedRow = row;
    this.#scroll.scrollTo(place - Math.floor(this.#scroll.visibleRows / 2));
    this.#draw();
    return true;
  }

  #key(event: KeyboardEvent): void {
    const page = this.#scroll.visibleRows - 1;
    const last = this.#rows.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#active = Math.min(Math.max(0, to), last);
      const first = this.#scroll.firstRow;
      if (this.#active < first) this.#scroll.scrollTo(this.#active);
      else if (this.#active > first + page) this.#scroll.scrollTo(this.#active - page);
      this.#draw();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#select(this.#active);
    }
  }

  #select(place: number): void {
    const row = this.#rows[place];
    if (row === undefined) return;
    this.#active = place;
    this.#selectedRow = row;
    this.#draw();
    this.#onSelect(row);
  }

  #draw(): void {
    const first = this.#scroll.firstRow;
    const end = Math.min(first + this.#scroll.visibleRows + 2, this.#rows.length);
    const drawn: HTMLElement[] = [];
    for (let place = first; place < end; place++) drawn.push(this.#rowElement(place));
    this.#rowsElement.style.transform = `translateY(${this.#scroll.firstRowOffset}px)`;
    this.#rowsElement.replaceChildren(...drawn);
    if (this.#active >= first && this.#active < end)
      this.#grid.setAttribute('aria-activedescendant', `row-${this.#active}`);
    else this.#grid.removeAttribute('aria-activedescendant');
  }

  #rowElement(place: number): HTMLElement {
    const row = this.#rows[place] as number;
    const { seqs, times, severities, types, typeNames } = this.#index;
    const severity = severities[row] as number;
    const members = el('span', { class: 'members' });
    void this.#lines.read(row).then((line) => members.replaceChildren(untrusted(memberSummary(line))));
    return el(
      'div',
      {
        class: `row${place === this.#active ? ' active' : ''}`,
        role: 'option',
        id: `row-${place}`,
        'aria-selected': String(row === this.#selectedRow),
        'aria-setsize': this.#rows.length,
        'aria-posinset': place + 1,
        click: () => this.#select(place),
      },
      el('span', { class: 'seq' }, severity === NOT_A_RECORD ? '–' : String(seqs[row])),
      el('span', { class: 'time' }, timeText(times[row] as number)),
      el('span', {}, el('span', { class: `severity s${severity}` }, SEVERITY_NAMES[severity] ?? '')),
      el('span', { class: 'type' }, untrusted(typeNames[types[row] as number] ?? '')),
      members,
    );
  }
}
