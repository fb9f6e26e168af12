/** A piece of text from outside: as it is, or a character that is shown as an escape because it would not be seen. */
export interface VisiblePart {
  readonly text: string;
  readonly escaped: boolean;
}

/** Control, format (bidirectional ones among them), private-use, surrogate and line separator characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Splits text from outside so that nothing in it is unseen, or turns what stands beside it around. */
export function visibleParts(text: string): VisiblePart[] {
  const parts: VisiblePart[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (index > end) parts.push({ text: text.slice(end, index), escaped: false });
    const codePoint = character.codePointAt(0) as number;
    parts.push({ text: `\\u{${codePoint.toString(16)}}`, escaped: true });
    end = index + character.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), escaped: false });
  return parts;
}
