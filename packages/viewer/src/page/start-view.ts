import type { GivenKeys } from '../worker/messages.js';
import { el } from './dom.js';
import { recognise } from './given-files.js';

/** Where a log and its keys are given. */
export interface StartView {
  readonly element: HTMLElement;
  /** @throws TypeError with a sentence for people if what was typed is no key */
  keys(): GivenKeys;
  show(kind: 'vkey' | 'rootKey' | 'anchor', text: string): void;
}

/**
 * @param onFiles told of files that were picked
 * @param onKeys told when the keys are to be used
 */
export function startView(onFiles: (files: File[]) => void, onKeys: () => void): StartView {
  const field = (
    id: string,
    label: string,
    hint: string,
    control: HTMLTextAreaElement | HTMLInputElement,
  ) => {
    control.id = id;
    control.setAttribute('aria-describedby', `${id}-hint`);
    return el(
      'div',
      { class: 'field' },
      el('label', { for: id }, label),
      control,
      el('p', { id: `${id}-hint`, class: 'hint' }, hint),
    );
  };
  const plain = { autocomplete: 'off', spellcheck: 'false' };
  const vkey = el('input', { type: 'text', ...plain });
  const rootKey = el('input', { type: 'password', ...plain });
  const anchor = el('textarea', { rows: 4, ...plain });
  const picker = (id: string, label: string, attributes: Record<string, boolean>): HTMLElement => {
    const input = el('input', { type: 'file', id, class: 'unseen', ...attributes });
    input.addEventListener('change', () => {
      onFiles([...(input.files ?? [])]);
      input.value = '';
    });
    return el('span', {}, input, el('label', { for: id, class: 'button' }, label));
  };
  const element = el(
    'section',
    { class: 'start', 'aria-label': 'Give a log' },
    el(
      'div',
      { class: 'drop' },
      el('p', { class: 'drop-title' }, 'Drop a log here'),
      el(
        'p',
        { class: 'hint' },
        'Its folder, or its files: segments (also .gz and .zst), log.json and checkpoint. Keys and checkpoints that you drop are recognised.',
      ),
      el(
        'p',
        { class: 'buttons' },
        picker('pick-folder', 'Choose a folder', { webkitdirectory: true }),
        picker('pick-files', 'Choose files', { multiple: true }),
      ),
    ),
    el(
      'form',
      {
        class: 'keys',
        'aria-label': 'Keys',
        submit: (event: SubmitEvent) => {
          event.preventDefault();
          onKeys();
        },
      },
      field('vkey', 'Verifier key', 'Shows whose log it is. From someone you trust, not from the log.', vkey),
      field('root-key', 'Root key', 'Optional: 64 hex digits. Checks the MAC of every record.', rootKey),
      field(
        'anchor',
        'Checkpoint kept elsewhere',
        'Optional: the whole text. Shows whether newer records were removed since.',
        anchor,
      ),
      el('button', { type: 'submit', class: 'button' }, 'Check with these'),
    ),
  );
  return {
    element,
    keys: () => ({
      ...given(vkey.value, 'vkey', 'a verifier key: <origin>+<8 hex digits>+<base64>'),
      ...given(rootKey.value, 'rootKey', 'a root key: 64 hex digits'),
      anchors: anchor.value.trim() === '' ? [] : [`${anchor.value.trim()}\n`],
    }),
    show: (kind, text) => {
      ({ vkey, rootKey, anchor })[kind].value = text;
    },
  };
}

function given(value: string, kind: 'vkey' | 'rootKey', expected: string): Partial<GivenKeys> {
  const text = value.trim();
  if (text === '') return {};
  if (recognise(text)?.kind !== kind) throw new TypeError(`Expected ${expected}.`);
  return { [kind]: text };
}
