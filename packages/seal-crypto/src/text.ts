const encoder = new TextEncoder();

/** Whether a text has UTF-8 bytes of its own: an unpaired surrogate would become U+FFFD, like any other. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
