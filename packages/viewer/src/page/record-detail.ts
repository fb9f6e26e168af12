import { nobleHashes } from '@vram-residency/audit-chain';
import { el, untrusted } from './dom.js';

/** What each event type says, put here when the page is built. */
declare const EVENT_DESCRIPTIONS: Readonly<Record<string, string>>;

export interface RecordDetailActions {
  /** Proof of the record, as text. */
  readonly prove: (seq: number) => Promise<string>;
  readonly save: (name: string, text: string) => void;
  readonly close: () => void;
}

/** One record: its members, its line byte for byte, its hashes, and its proof. */
export function recordDetail(
  line: Uint8Array,
  seq: number | undefined,
  place: string,
  { prove, save, close }: RecordDetailActions,
): HTMLElement {
  const text = new TextDecoder().decode(line);
  const record = seq === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  const type = String(record?.['event_type'] ?? '');
  const description = Object.hasOwn(EVENT_DESCRIPTIONS, type) ? (EVENT_DESCRIPTIONS[type] as string) : '';
  return el(
    'section',
    { class: 'detail', 'aria-label': seq === undefined ? 'Line' : `Record ${seq}` },
    el(
      'div',
      { class: 'detail-head' },
      el('h3', { tabindex: -1 }, seq === undefined ? 'A line that is not a record' : `Record ${seq}`),
      el('button', { type: 'button', class: 'button plain', click: close }, 'Close'),
    ),
    ...(description === '' ? [] : [el('p', { class: 'meaning' }, description)]),
    el('p', { class: 'hint' }, untrusted(place)),
    ...(record === undefined ? [] : [members(record)]),
    el('h4', {}, 'The line as it is in the file'),
    el('pre', { class: 'raw', tabindex: 0, 'aria-label': 'The line' }, untrusted(text)),
    el(
      'dl',
      { class: 'facts' },
      fact('Leaf hash (SHA-256)', leafOf(line)),
      fact('Bytes', String(line.length)),
    ),
    ...(seq === undefined ? [] : [proofPart(seq, prove, save)]),
  );
}

function members(record: Readonly<Record<string, unknown>>): HTMLElement {
  const facts = Object.entries(record).map(([name, value]) =>
    fact(name, typeof value === 'string' ? value : JSON.stringify(value)),
  );
  return el('dl', { class: 'facts' }, ...facts);
}

function proofPart(
  seq: number,
  prove: RecordDetailActions['prove'],
  save: RecordDetailActions['save'],
): HTMLElement {
  const output = el('div', { role: 'status' });
  const make = async (): Promise<void> => {
    output.replaceChildren(el('p', { class: 'hint' }, 'Reading the log …'));
    try {
      const proof = await prove(seq);
      output.replaceChildren(
        el('p', {}, 'This shows, with the record’s line, that a signed checkpoint covers it.'),
        el('pre', { class: 'raw', tabindex: 0, 'aria-label': 'The proof' }, untrustedLines(proof)),
        el(
          'button',
          { type: 'button', class: 'button', click: () => save(`record-${seq}.tlog-proof`, proof) },
          'Save the proof',
        ),
      );
    } catch (error) {
      output.replaceChildren(
        el('p', { class: 'failure' }, error instanceof Error ? error.message : 'No proof'),
      );
    }
  };
  return el(
    'div',
    { class: 'proof' },
    el('h4', {}, 'Inclusion proof'),
    el('button', { type: 'button', class: 'button', click: make }, 'Prove this record'),
    output,
  );
}

function untrustedLines(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const line of text.split('\n')) fragment.append(untrusted(line), '\n');
  return fragment;
}

/** RFC 6962 leaf hash: SHA-256 of 0x00 and the line. */
function leafOf(line: Uint8Array): string {
  const hash = nobleHashes.sha256(Uint8Array.of(0), line);
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fact(name: string, value: string): HTMLElement {
  return el('div', {}, el('dt', {}, untrusted(name)), el('dd', {}, untrusted(value)));
}
