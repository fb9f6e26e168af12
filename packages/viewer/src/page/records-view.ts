import { filterRows, type RowFilter } from '../log/filter-rows.js';
import type { LineStore } from '../log/line-store.js';
import { type LogIndex, SEVERITY_NAMES } from '../log/log-index.js';
import { el } from './dom.js';
import { counted, parseTime } from './format.js';
import { RecordTable } from './record-table.js';
import { save } from './save.js';

export interface RecordsActions {
  readonly onSelect: (row: number) => void;
  /** Rows of the lines that hold a text. */
  readonly search: (text: string) => Promise<Uint32Array<ArrayBuffer>>;
}

/** The records with filters and search. */
export class RecordsView {
  readonly element: HTMLElement;
  readonly #index: LogIndex;
  readonly #table: RecordTable;
  readonly #status = el('p', { class: 'hint', role: 'status' });
  readonly #severities = new Set<number>();
  readonly #buttons: HTMLButtonElement[];
  readonly #type: HTMLSelectElement;
  readonly #since = timeField('Since');
  readonly #until = timeField('Until');
  readonly #text = el('input', { type: 'search', 'aria-label': 'Search', placeholder: 'Search all text' });
  readonly #search: RecordsActions['search'];
  #rows: Uint32Array<ArrayBuffer> = new Uint32Array();
  #found: Uint32Array<ArrayBuffer> | undefined;

  constructor(index: LogIndex, lines: LineStore, { onSelect, search }: RecordsActions) {
    this.#index = index;
    this.#search = search;
    this.#table = new RecordTable(index, lines, onSelect);
    this.#buttons = SEVERITY_NAMES.map((name, severity) => this.#severityButton(name, severity));
    this.#type = el(
      'select',
      { 'aria-label': 'Event type', change: () => this.#apply() },
      el('option', { value: '' }, 'Every event'),
      ...index.typeNames.map((name, i) => el('option', { value: i }, name)),
    );
    for (const field of [this.#since, this.#until]) field.addEventListener('change', () => this.#apply());
    const form = el(
      'form',
      { class: 'filters', 'aria-label': 'Filters', submit: (event: SubmitEvent) => this.#submit(event) },
      el('span', { class: 'severities' }, ...this.#buttons),
      this.#type,
      this.#since,
      this.#until,
      this.#text,
      el('button', { type: 'submit', class: 'button' }, 'Search'),
      el('button', { type: 'button', class: 'button plain', click: () => this.clear() }, 'Clear'),
      el(
        'button',
        {
          type: 'button',
          class: 'button plain',
          click: () => save('records.ndjson', lines.slices(this.#rows), 'application/x-ndjson'),
        },
        'Save these',
      ),
    );
    this.element = el(
      'section',
      { class: 'card', 'aria-labelledby': 'records-title' },
      el('h2', { id: 'records-title' }, 'Records'),
      form,
      this.#status,
      this.#table.element,
    );
  }

  /** Brings a row into view, without the filter if that leaves it out. */
  show(row: number): void {
    if (this.#table.show(row)) return;
    this.clear();
    this.#table.show(row);
  }

  /** Draws the rows; once the element is on the page. */
  start(): void {
    this.#apply();
  }

  clear(): void {
    this.#severities.clear();
    this.#type.value = '';
    for (const field of [this.#since, this.#until, this.#text]) field.value = '';
    this.#found = undefined;
    this.#apply();
  }

  #severityButton(name: string, severity: number): HTMLButtonElement {
    const count = this.#index.severities.reduce((sum, value) => sum + (value === severity ? 1 : 0), 0);
    const toggle = (): void => {
      if (!this.#severities.delete(severity)) this.#severities.add(severity);
      this.#apply();
    };
    const label = `${name.charAt(0)}${name.slice(1).toLowerCase()} ${count.toLocaleString('en')}`;
    return el('button', { type: 'button', class: `chip s${severity}`, click: toggle }, label);
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (text !== '') this.#status.textContent = 'Searching …';
    this.#found = text === '' ? undefined : await this.#search(text);
    this.#apply();
  }

  #apply(): void {
    const [since, until] = [parseTime(this.#since.value), parseTime(this.#until.value)];
    const filter: RowFilter = {
      ...(this.#severities.size === 0 ? {} : { severities: this.#severities }),
      ...(this.#type.value === '' ? {} : { type: Number(this.#type.value) }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(this.#found === undefined ? {} : { found: this.#found }),
    };
    for (const field of [this.#since, this.#until]) {
      const isWrong = field.value !== '' && parseTime(field.value) === undefined;
      field.setAttribute('aria-invalid', String(isWrong));
    }
    for (const [severity, button] of this.#buttons.entries()) {
      button.setAttribute('aria-pressed', String(this.#severities.has(severity)));
    }
    this.#rows = filterRows(this.#index, filter);
    this.#table.setRows(this.#rows);
    const total = this.#index.rows.toLocaleString('en');
    this.#status.textContent = `${counted(this.#rows.length, 'line')} of ${total}. Choose one to see its bytes, hashes and proof.`;
  }
}

function timeField(name: string): HTMLInputElement {
  return el('input', {
    type: 'text',
    'aria-label': `${name} (UTC)`,
    placeholder: `${name} 2026-01-02 03:04`,
    autocomplete: 'off',
  });
}
