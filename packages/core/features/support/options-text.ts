/** Options as features write them: JSON with single quotes, for features put texts in double ones. */
export function parseOptions(text: string): Record<string, unknown> {
  return JSON.parse(text.replaceAll("'", '"')) as Record<string, unknown>;
}
