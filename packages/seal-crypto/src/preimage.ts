import { SEAL_MEMBERS, type SealFields, validateSealFields } from './seal-fields.js';
import { utf8 } from './text.js';

/** `format` of a serialised seal; its signature covers it first. */
export const SEAL_FORMAT = 'vram-residency/seal/v1';

/**
 * The bytes that a seal's signature covers: for `SEAL_FORMAT` and each field in order a u32 big-endian length
 * and the UTF-8 bytes, integers in decimal, an absent field empty. Different fields have different preimages.
 *
 * @throws SealError `MALFORMED_SEAL` if a field is not as the format says.
 */
export function sealPreimage(fields: SealFields): Uint8Array {
  validateSealFields(fields);
  const texts = [SEAL_FORMAT, ...SEAL_MEMBERS.map(({ field }) => String(fields[field] ?? ''))];
  const parts = texts.map(utf8);
  const preimage = new Uint8Array(parts.reduce((size, part) => size + 4 + part.length, 0));
  const view = new DataView(preimage.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    preimage.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return preimage;
}
