import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, Viewer } from './open-viewer.js';
import { storyLog } from './story-log.js';

const PICTURES = fileURLToPath(new URL('../../../docs/viewer', import.meta.url));
const viewer = new Viewer();
const { files, vkey } = storyLog(12);
const picked = [...files].map(([name, bytes]) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
}));

const title = chromiumPath === undefined ? 'the layout (Chromium is not installed)' : 'the layout';
describe.skipIf(chromiumPath === undefined)(title, () => {
  beforeAll(() => viewer.start());
  afterAll(() => viewer.close());

  // With VIEWER_SCREENSHOTS=1 the pictures of docs/viewer are taken anew.
  test.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('fits a window of %i pixels (%s)', async (width, colorScheme) => {
    const { page, trouble } = await viewer.open({
      viewport: { width, height: width > 720 ? 1300 : 844 },
      colorScheme,
    });
    await page.fill('#vkey', vkey);
    await page.setInputFiles('#pick-files', picked);
    await page.locator('.verdict.verified').waitFor();
    await page.locator('.row .members').first().waitFor();
    expect(await page.locator('.uplot').count()).toBe(1);
    expect(await page.locator('.shard .tick-failed').count()).toBe(1);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    if (process.env['VIEWER_SCREENSHOTS'] === '1') {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: `${PICTURES}/${width}-${colorScheme}.png` });
    }
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('text from the log is text, and what turns it around is shown', async () => {
    const { page, trouble } = await viewer.open();
    await page.setInputFiles('#pick-files', picked);
    const name = page.locator('.shard .jump').nth(1);
    expect(await name.textContent()).toBe('llama\\u{202e}gnp.\\u{202c}<b>bold</b>');
    expect(await name.locator('b').count()).toBe(0);
    expect(await name.locator('.escape').count()).toBe(2);
    expect(trouble).toEqual([]);
    await page.context().close();
  });
});
