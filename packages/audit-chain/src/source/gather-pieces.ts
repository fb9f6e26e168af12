/**
 * Joins small pieces until there are `sizeBytes` of them; larger ones pass as they are. A piece is valid until the next is
 * asked for.
 *
 * @throws whatever reading the pieces throws, after those that came before it
 */
export async function* gatherPieces(
  pieces: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let buffer: Uint8Array | undefined;
  let used = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const piece of pieces) {
      if (buffer !== undefined && used > 0 && used + piece.length > sizeBytes) {
        yield buffer.subarray(0, used);
        used = 0;
      }
      if (piece.length >= sizeBytes) {
        yield piece;
        continue;
      }
      buffer ??= new Uint8Array(sizeBytes);
      buffer.set(piece, used);
      used += piece.length;
    }
  } catch (error) {
    failure = { error };
  }
  if (buffer !== undefined && used > 0) yield buffer.subarray(0, used);
  if (failure !== undefined) throw failure.error;
}
