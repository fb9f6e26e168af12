import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveRootKey } from '@vram-residency/audit-chain';
import axeCore from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logCases, VECTORS } from '../../audit-chain/test/vectors.js';
import { chromiumPath, Viewer } from './open-viewer.js';

const viewer = new Viewer();
const folderOf = (name: string): string => join(VECTORS, 'logs', name);

async function pick(page: Page, name: string): Promise<void> {
  const folder = folderOf(name);
  const files = readdirSync(folder).map((file) => join(folder, file));
  await page.setInputFiles('#pick-files', files);
}

/** The verdict that the page shows. */
async function verdict(page: Page): Promise<string | null> {
  return page.locator('.verdict').getAttribute('data-status');
}

const title = chromiumPath === undefined ? 'the page (Chromium is not installed)' : 'the page';
describe.skipIf(chromiumPath === undefined)(title, () => {
  beforeAll(() => viewer.start());
  afterAll(() => viewer.close());

  test.each(logCases.map((vector) => [vector.name, vector] as const))('judges %s', async (name, vector) => {
    const { page, trouble } = await viewer.open();
    if (vector.vkey !== null) await page.fill('#vkey', vector.vkey);
    if (vector.anchor !== null) await page.fill('#anchor', vector.anchor);
    if (vector.secret !== null) {
      const identity = JSON.parse(readFileSync(join(folderOf(name), 'log.json'), 'utf8')) as {
        origin: string;
      };
      await page.fill(
        '#root-key',
        Buffer.from(deriveRootKey(vector.secret, identity.origin)).toString('hex'),
      );
    }
    await pick(page, name);
    expect(await verdict(page)).toBe(vector.status);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('a changed record is named, and jumped to', async () => {
    const { page, trouble } = await viewer.open();
    await pick(page, 'changed-field');
    await page.locator('.defects .jump').first().click();
    const heading = await page.locator('.detail h3').textContent();
    expect(heading).toMatch(/^Record \d+$/);
    expect(page.url()).toMatch(new RegExp(`#seq=${heading?.replace('Record ', '')}$`));
    expect(await page.locator('.row[aria-selected=true] .seq').textContent()).toBe(
      heading?.replace('Record ', ''),
    );
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('a link to a record opens it; its proof is made and can be saved', async () => {
    const { page, trouble } = await viewer.open({}, '#seq=2');
    await pick(page, 'ok-keyless');
    expect(await page.locator('.detail h3').textContent()).toBe('Record 2');
    await page.getByRole('button', { name: 'Prove this record' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the proof' }).click();
    const proof = readFileSync(await (await downloading).path(), 'utf8');
    expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 2\n/);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('records are searched, and what is found is saved byte for byte', async () => {
    const { page, trouble } = await viewer.open();
    await pick(page, 'ok-keyless');
    await page.getByLabel('Search').fill('VRAM_SEALED');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    const lines = readdirSync(folderOf('ok-keyless'))
      .filter((name) => name.startsWith('segment-'))
      .flatMap((name) => readFileSync(join(folderOf('ok-keyless'), name), 'utf8').split('\n'))
      .filter((line) => line.includes('vram_sealed'));
    await expect
      .poll(() => page.locator('.card .hint[role=status]').textContent())
      .toMatch(`${lines.length} line`);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save these' }).click();
    expect(readFileSync(await (await downloading).path(), 'utf8')).toBe(`${lines.join('\n')}\n`);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('axe-core finds no serious problem (%s)', async (colorScheme) => {
    const { page } = await viewer.open({ colorScheme, bypassCSP: true }, '#seq=3');
    await pick(page, 'changed-field');
    await page.locator('.detail').waitFor();
    await page.locator('.verdict').waitFor();
    await page.addScriptTag({ content: axeCore.source });
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]);
    });
    expect(found).toEqual([]);
    await page.context().close();
  });

  test('the policy refuses scripts and connections that are not the page’s own', async () => {
    const { page } = await viewer.open();
    const outcome = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = true';
      document.body.append(script);
      const reached = await fetch('data:text/plain,x').then(
        () => true,
        () => false,
      );
      return { injected: 'injected' in globalThis, reached };
    });
    expect(outcome).toEqual({ injected: false, reached: false });
    await page.context().close();
  });
});
