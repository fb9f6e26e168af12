import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findRuntime } from '../../../test/support/find-runtime.js';
import { makePage } from '../scripts/page.mjs';

/** The browser of this machine, if there is one. */
export const chromiumPath: string | undefined = findRuntime('Chromium');

/** An open page, and what it did that it must not. */
export interface OpenViewer {
  readonly page: Page;
  /** Requests for anything but the page itself and blobs that it made, violations of the policy, uncaught errors. */
  readonly trouble: string[];
}

/** The page as a file on the disk, and a browser. */
export class Viewer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'viewer-'));
  #browser: Browser | undefined;
  #url = '';

  async start(): Promise<void> {
    const file = join(this.#folder, 'viewer.html');
    writeFileSync(file, await makePage());
    this.#url = pathToFileURL(file).href;
    this.#browser = await chromium.launch({
      executablePath: chromiumPath as string,
      // Its sandbox needs a user who is not root.
      chromiumSandbox: process.getuid?.() !== 0,
    });
  }

  async open(options: BrowserContextOptions = {}, hash = ''): Promise<OpenViewer> {
    // A page on the disk has no network to lose; offline shows that it needs none.
    const context = await (this.#browser as Browser).newContext({ ...options, offline: true });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.#url) && !url.startsWith('blob:')) trouble.push(`request: ${url}`);
    });
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(`console: ${message.text()}`);
    });
    await page.goto(`${this.#url}${hash}`);
    return { page, trouble };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#folder, { recursive: true });
  }
}
