import { DEFECT_REASONS, type Defect, type VerificationResult } from '@vram-residency/audit-chain';
import { describeVerdict, type GivenTrust, isWrong } from '../verdict/verdict.js';
import { el, untrusted } from './dom.js';

const MARKS = { verified: '✓', tampered: '✕', rolled_back: '↶', incomplete: '?' } as const;
const SHOWN_DEFECTS = 50;

/**
 * The verdict in words, and every defect with a jump to its place.
 *
 * @param jump shows the line of a defect
 */
export function verdictView(
  result: VerificationResult,
  given: GivenTrust,
  jump: (segment: string, line: number) => void,
): HTMLElement {
  const { status, headline, meaning, advice, checked, unchecked } = describeVerdict(result, given);
  const wrong = result.defects.filter(({ reason }) => isWrong(reason));
  return el(
    'section',
    { class: `verdict ${status}`, 'aria-labelledby': 'verdict-title', 'data-status': status },
    el(
      'div',
      { class: 'verdict-head' },
      el('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[status]),
      el(
        'div',
        {},
        el('h2', { id: 'verdict-title', tabindex: -1 }, headline),
        el('p', { class: 'meaning' }, meaning),
        el('p', {}, advice),
      ),
    ),
    ...(wrong.length === 0 ? [] : [defectList(wrong, result.defectCount, jump)]),
    el(
      'div',
      { class: 'columns' },
      el('div', {}, el('h3', {}, 'What was checked'), list(checked)),
      el('div', {}, el('h3', {}, 'What was not, and why'), list(unchecked)),
    ),
    facts(result),
  );
}

function defectList(
  defects: readonly Defect[],
  total: number,
  jump: (segment: string, line: number) => void,
): HTMLElement {
  const items = defects.map(({ reason, segment, line, seq, detail }) => {
    const place = segment !== null && line !== null ? { segment, line } : undefined;
    return el(
      'li',
      {},
      el('span', { class: 'defect-words' }, DEFECT_REASONS[reason]),
      el('span', { class: 'hint' }, `${detail}. `, el('code', {}, reason)),
      ...(place === undefined
        ? []
        : [
            el(
              'button',
              { type: 'button', class: 'jump', click: () => jump(place.segment, place.line) },
              seq === null ? `Show line ${place.line}` : `Show record ${seq} (line ${place.line})`,
            ),
          ]),
    );
  });
  const first = items.slice(0, SHOWN_DEFECTS);
  const more = items.slice(SHOWN_DEFECTS);
  return el(
    'div',
    { class: 'defects' },
    el('h3', {}, `What is wrong (${total.toLocaleString('en')})`),
    el('ol', {}, ...first),
    ...(more.length === 0
      ? []
      : [
          el(
            'details',
            {},
            el('summary', {}, `${more.length} more`),
            el('ol', { start: SHOWN_DEFECTS + 1 }, ...more),
          ),
        ]),
  );
}

function facts(result: VerificationResult): HTMLElement {
  const { origin, firstTimestamp, lastTimestamp, treeSize, rootHash, closed } = result;
  const root = [...rootHash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const rows: [string, Node | string][] = [
    ['Log', untrusted(origin ?? 'unknown')],
    ['From', firstTimestamp ?? 'never'],
    ['To', lastTimestamp ?? 'never'],
    ['Tree', `${treeSize.toLocaleString('en')} leaves, root ${root}`],
    ['End', closed ? 'closed in order' : 'not closed'],
  ];
  return el(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
}

function list(sentences: readonly string[]): HTMLElement {
  return el('ul', {}, ...sentences.map((sentence) => el('li', {}, sentence)));
}
