import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Outcome } from '../runtimes/check.mjs';
import type * as Conformance from '../runtimes/page.mjs';
import { bundle } from './bundle.js';
import { conformanceVectors, logFolder } from './conformance-vectors.js';

const ORIGIN = 'http://localhost/';
const HTML =
  '<!doctype html><input type="file" id="log" webkitdirectory><script type="module" src="page.js"></script>';
const PAGE_BYTES = 4096;

/** Starts a browser without a window. Its sandbox needs a user who is not root. */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Opens the page of the conformance program; nothing is fetched for it. */
async function openPage(browser: Browser, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
  const { code } = await bundle(fileURLToPath(new URL('../runtimes/page.mjs', import.meta.url)));
  const page = await browser.newPage();
  await page.route('**', (route) =>
    route.request().url() === ORIGIN
      ? route.fulfill({ contentType: 'text/html', body: HTML, headers })
      : route.fulfill({ contentType: 'text/javascript', body: code }),
  );
  await page.goto(ORIGIN);
  return page;
}

/** Runs the conformance program in a page. */
export async function conformanceInBrowser(browser: Browser): Promise<Outcome[]> {
  const page = await openPage(browser);
  const session = await browser.newBrowserCDPSession();
  await page.exposeFunction('pickLog', (name: string) => page.setInputFiles('#log', logFolder(name)));
  await page.exposeFunction('residentBytes', async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .reduce((sum, { id }) => sum + residentBytesOf(id), 0);
  });
  return page.evaluate(
    (vectors) => (globalThis as unknown as Conformance.Page).runConformance(vectors),
    conformanceVectors,
  );
}

/** Computes a BLAKE3 where a content security policy forbids WebAssembly. */
export async function blake3WithoutWasm(
  browser: Browser,
  sizeBytes: number,
): Promise<Conformance.BlakeDigest> {
  const page = await openPage(browser, { 'content-security-policy': "script-src 'self'" });
  return page.evaluate((size) => (globalThis as unknown as Conformance.Page).blake3(size), sizeBytes);
}

function residentBytesOf(processId: number): number {
  const [, pages] = readFileSync(`/proc/${processId}/statm`, 'utf8').split(' ');
  return Number(pages) * PAGE_BYTES;
}
