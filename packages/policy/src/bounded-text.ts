/** The longest text that a record of the log takes, in bytes of UTF-8. */
const MAX_TEXT_BYTES = 1024;
const ELLIPSIS = '…';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text as it fits into a record: well-formed, and cut between two characters where it is too long. */
export function boundedText(text: string): string {
  const bytes = new Uint8Array(MAX_TEXT_BYTES);
  const { read, written } = encoder.encodeInto(text, bytes);
  if (read === text.length) return decoder.decode(bytes.subarray(0, written));
  const room = bytes.subarray(0, MAX_TEXT_BYTES - encoder.encode(ELLIPSIS).length);
  return decoder.decode(room.subarray(0, encoder.encodeInto(text, room).written)) + ELLIPSIS;
}
