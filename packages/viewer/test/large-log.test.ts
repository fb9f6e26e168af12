import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeLog, type Step } from '../../audit-chain/test/make-log.js';
import { chromiumPath, Viewer } from './open-viewer.js';

/** A million shows what the page is for; VIEWER_RECORDS sets it. */
const RECORDS = Number(process.env['VIEWER_RECORDS'] ?? 50_000);
const viewer = new Viewer();
const folder = mkdtempSync(join(tmpdir(), 'viewer-large-'));

/** What the page's own thread was busy with for more than 50 ms, as browsers tell it. */
interface Observed {
  longTasks: number[];
}

const title = chromiumPath === undefined ? 'a large log (Chromium is not installed)' : 'a large log';
describe.skipIf(chromiumPath === undefined)(title, () => {
  beforeAll(() => viewer.start());
  afterAll(async () => {
    await viewer.close();
    rmSync(folder, { recursive: true });
  });

  test(`of ${RECORDS} records is verified with progress, scrolled and searched`, {
    timeout: 600_000,
  }, async () => {
    const steps: Step[] = Array.from({ length: RECORDS }, (_, i) =>
      i % 20_000 === 19_999 ? 'rotate' : 'event',
    );
    const { files, vkey, lines } = makeLog([...steps, 'close']);
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);

    const { page, trouble } = await viewer.open();
    await page.evaluate(() => {
      const observed: Observed = { longTasks: [] };
      Object.assign(globalThis, { observed });
      new PerformanceObserver((list) => {
        observed.longTasks.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ type: 'longtask' });
    });
    await page.fill('#vkey', vkey);
    const start = performance.now();
    const picking = page.setInputFiles(
      '#pick-files',
      [...files.keys()].map((name) => join(folder, name)),
    );
    await page.locator('progress').waitFor();
    await picking;
    await page.locator('.verdict.verified').waitFor({ timeout: 500_000 });
    const verifiedMs = performance.now() - start;

    await page.locator('.viewport').focus();
    await page.keyboard.press('End');
    const lastSeq = String(lines.length - 1);
    await expect.poll(() => page.locator('.row.active .seq').textContent()).toBe(lastSeq);
    await page.getByLabel('Search').fill(`"seq":${RECORDS - 2},`);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect.poll(() => page.locator('.row[role=option]').count(), { timeout: 60_000 }).toBe(1);
    const { longTasks } = await page.evaluate(
      () => (globalThis as unknown as { observed: Observed }).observed,
    );
    const longest = Math.round(Math.max(0, ...longTasks));
    console.log(
      `${lines.length} records verified in ${Math.round(verifiedMs)} ms; ${longTasks.length} long tasks, the longest ${longest} ms`,
    );
    expect(trouble).toEqual([]);
  });
});
