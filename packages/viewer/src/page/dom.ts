import { visibleParts } from '../text/visible-parts.js';

type Attributes = Readonly<Record<string, string | number | boolean | ((event: never) => void)>>;
export type Child = Node | string;

/** Makes an element. Functions are listeners (`click`), `true` is an empty attribute, `false` none. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  dress(element, attributes, children);
  return element;
}

/** The same for SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, attributes, children);
  return element;
}

/** Text from the log: as text, with what would not be seen as marked escapes. */
export function untrusted(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const part of visibleParts(text)) {
    fragment.append(
      part.escaped ? el('span', { class: 'escape', title: 'An invisible character' }, part.text) : part.text,
    );
  }
  return fragment;
}

function dress(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
}
