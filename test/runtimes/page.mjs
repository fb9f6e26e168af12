// @ts-check
// The script of the page that runs the checks of the entries for every runtime in a browser.
import { defaultEngines, toHex } from '@vram-residency/seal-crypto';
import { auditChainChecks } from './audit-chain-checks.mjs';
import { runChecks } from './check.mjs';
import { sealCryptoChecks } from './seal-crypto-checks.mjs';
import { patternPieces } from './vectors.mjs';

/** @import { Outcome } from './check.mjs' */
/** @import { Vectors } from './vectors.mjs' */

/**
 * What whoever opens the page has put there, and what it takes from there.
 *
 * @typedef {object} Page
 * @property {() => Promise<number>} residentBytes
 * @property {(log: string) => Promise<void>} pickLog picks the log's folder in the page's input
 * @property {{ getElementById(id: string): { files: Iterable<File> } }} document
 * @property {(vectors: Vectors) => Promise<Outcome[]>} runConformance
 * @property {(sizeBytes: number) => BlakeDigest} blake3
 *
 * @typedef {{ engine: string | undefined, digest: string }} BlakeDigest of the vectors' input, and which engine made it
 */

const page = /** @type {Page} */ (/** @type {unknown} */ (globalThis));

page.runConformance = (/** @type {Vectors} */ vectors) =>
  runChecks([...sealCryptoChecks(vectors), ...auditChainChecks(vectors)], {
    residentBytes: () => page.residentBytes(),
    async pickLog(name) {
      await page.pickLog(name);
      return page.document.getElementById('log').files;
    },
  });

page.blake3 = (/** @type {number} */ sizeBytes) => {
  const engines = defaultEngines();
  const hasher = engines.createHasher('blake3');
  for (const piece of patternPieces(sizeBytes)) hasher.update(piece);
  const engine = engines.engineInfo().find(({ algorithm }) => algorithm === 'blake3')?.engine;
  return { engine, digest: toHex(hasher.digest()) };
};
