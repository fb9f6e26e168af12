// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { eventJsonSchemas } from 'vram-residency/events';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * The page as one HTML file, from the compiled package: script, worker and style in it, and a Content-Security-Policy that
 * allows them by their hashes and nothing else.
 *
 * @returns {Promise<string>}
 */
export async function makePage() {
  const worker = await bundle('dist/worker/main.js', {});
  const descriptions = Object.fromEntries(
    Object.entries(eventJsonSchemas()).map(([type, { description }]) => [type, description ?? '']),
  );
  const script = await bundle('dist/page/main.js', {
    WORKER_SOURCE: JSON.stringify(worker),
    EVENT_DESCRIPTIONS: JSON.stringify(descriptions),
  });
  const uplot = readFileSync(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8');
  const style = `${uplot}\n${readFileSync(path('src/page/style.css'), 'utf8')}`;
  // An end tag in a string of the script would end the script.
  const safeScript = script.replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    `script-src '${sha256(safeScript)}' 'wasm-unsafe-eval'`,
    `style-src '${sha256(style)}'`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = {
    POLICY: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    STYLE: `<style>${style}</style>`,
    SCRIPT: `<script>${safeScript}</script>`,
  };
  return readFileSync(path('src/page/page.html'), 'utf8').replace(
    /<!--(POLICY|STYLE|SCRIPT)-->/g,
    (_, name) => parts[/** @type {keyof typeof parts} */ (name)],
  );
}

/**
 * @param {string} entry compiled module, in the package's folder
 * @param {Record<string, string>} define
 */
async function bundle(entry, define) {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define,
    build: { write: false, lib: { entry: path(entry), formats: ['iife'], name: 'page', fileName: 'page' } },
  });
  const [output] = /** @type {import('vite').Rolldown.RolldownOutput[]} */ (built);
  const [chunk, ...more] = output?.output ?? [];
  if (chunk?.type !== 'chunk' || more.length > 0) throw new Error(`Expected one file of ${entry}`);
  return chunk.code;
}

/** @param {string} text */
function sha256(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
