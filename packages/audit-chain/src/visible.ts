/**
 * Text from outside for people: control, format (bidirectional ones among them), surrogate and line separator
 * characters are shown as escapes.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
  });
}
