import type { LogSource } from '@vram-residency/audit-chain';
import { Column } from './column.js';
import { lineBatches } from './line-batches.js';

const BATCH_BYTES = 4_194_304;
const LF = '\n';

/**
 * The rows of the lines that hold a text, whatever its case, ascending. Rows are those of `indexLog`; a line longer than
 * 4 MiB is not searched.
 *
 * @param text without line ends; not empty
 */
export async function searchLog(source: LogSource, text: string): Promise<Uint32Array<ArrayBuffer>> {
  const wanted = text.toLowerCase();
  const decoder = new TextDecoder();
  const found = new Column((length) => new Uint32Array(length));
  let row = 0;
  for (const segment of await source.segments()) {
    for await (const { bytes } of lineBatches(segment.read(), BATCH_BYTES)) {
      if (bytes === undefined) {
        row++;
        continue;
      }
      const lines = decoder.decode(bytes).toLowerCase();
      let start = 0;
      for (let hit = lines.indexOf(wanted); hit >= 0; hit = lines.indexOf(wanted, start)) {
        // Rows up to the line of the hit.
        for (let lf = lines.indexOf(LF, start); lf >= 0 && lf < hit; lf = lines.indexOf(LF, start)) {
          row++;
          start = lf + 1;
        }
        found.push(row);
        const end = lines.indexOf(LF, hit);
        start = end < 0 ? lines.length : end + 1;
        row++;
        if (end < 0) break;
      }
      for (let lf = lines.indexOf(LF, start); lf >= 0; lf = lines.indexOf(LF, start)) {
        row++;
        start = lf + 1;
      }
      if (start < lines.length) row++;
    }
  }
  return found.finish();
}
