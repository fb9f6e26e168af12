import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase64, utf8 } from '../src/bytes.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { makeReport } from '../src/report/make-report.js';
import type { Report } from '../src/report/report.js';
import { reportHtml } from '../src/report/report-html.js';
import { reportText } from '../src/report/report-text.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { makeLog } from './make-log.js';
import { runCommand } from './run-command.js';
import { type Files, linesOf, segmentNames, withLines } from './tampering.js';
import { allocated, deallocated, failed, sealed, verified } from './vram-steps.js';

const log = makeLog([
  allocated(1024), // 1
  sealed('a', { actor: 'alice' }),
  verified('a'),
  { type: 'events_dropped', members: { count: 7 }, severity: 'WARNING' }, // 4
  allocated(2048),
  sealed('b', { model_ref: '<script>alert(1)</script>\u202e"&\u0007' }), // 6
  failed('b'),
  deallocated('b', 'evicted', 1024),
  { type: 'segments_pruned', members: { first_seq: 0, last_seq: 1 } },
  'reopen', // 10
  'close',
]);
const [segment] = segmentNames(log.files) as [string];
const lines = linesOf(log.files, segment);
const changed = (line: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(line).toString().replace('"alice"', '"mallo"'));

/** As the three that an outsider meets: in good order, tampered, cut. */
const logs: Record<string, Files> = {
  verified: log.files,
  tampered: withLines(log.files, segment, lines.map(changed)),
  rolled_back: withLines(log.files, segment, lines.slice(0, 6)),
};

async function reportOn(files: Files, vkey?: string): Promise<Report> {
  const source = fromBytes(files);
  const verification = await verifyLog(source, { hashes, ...(vkey === undefined ? {} : { vkey }) });
  return makeReport(source, verification, { madeAt: new Date('2026-02-03T04:05:06Z') });
}

describe.each(Object.entries(logs))('a log that is %s', (status, files) => {
  let report: Report;
  beforeAll(async () => {
    report = await reportOn(files, log.vkey);
  });

  test('is told so, in every form as in the golden files', async () => {
    expect(report.verification.status).toBe(status);
    await expect(reportText(report)).toMatchFileSnapshot(`golden/report-${status}.txt`);
    await expect(reportHtml(report)).toMatchFileSnapshot(`golden/report-${status}.html`);
    await expect(`${JSON.stringify(report, null, 2)}\n`).toMatchFileSnapshot(`golden/report-${status}.json`);
  });

  test('no form uses a word that no log can earn', () => {
    for (const form of [reportText(report), reportHtml(report), JSON.stringify(report)]) {
      expect(form).not.toMatch(/\b(compliant|complete|tamper-?proof)\b/i);
    }
  });
});

test('the facts are those of the records', async () => {
  expect(await reportOn(log.files, log.vkey)).toMatchObject({
    made_at: '2026-02-03T04:05:06.000Z',
    range: { first_seq: 0, last_seq: 12 },
    severities: { INFO: 11, WARNING: 1, CRITICAL: 1 },
    gaps: { defects: {}, events_dropped: 7, openings: 2, recovered_openings: 0 },
    keys: { key_source: 'given', vkey: log.vkey, root_kind: 'secret' },
    anchors: { given: 0, newest_checkpoint: { tree_size: 12 } },
    retention: { pruned: [{ first_seq: 0, last_seq: 1 }], archived_segments: 0 },
    incidents: { listed: [{ seq: 4 }, { seq: 7, members: { shard_id: 'b' } }], more: 0 },
    shards: { listed: [{ ended: { reason: 'ended_unclean' } }, { ended: { reason: 'evicted' } }], more: 0 },
  });
  const { timeline } = await reportOn(log.files, log.vkey);
  expect(timeline.used_bytes['0']?.filter((bytes) => bytes !== null)).toEqual([1024, 2048, 1024]);
  expect(timeline.severities.INFO.reduce((sum, count) => sum + count)).toBe(11);
});

test('without a key the report says that nobody vouched for the log’s own', async () => {
  const report = await reportOn(log.files);
  expect(report.verification.exit_code).toBe(11);
  expect(reportText(report)).toContain('nobody vouched for');
});

test('each clause says what it asks, what is evidenced, and what is not', async () => {
  const { clauses } = await reportOn(log.files, log.vkey);
  expect(clauses.map(({ clause }) => clause)).toEqual([
    'Art. 30',
    'CC6.1',
    'CC7.2',
    'A.8.15 (formerly A.12.4.1)',
    'Art. 12',
    'AU-9(3)',
  ]);
  for (const { asks, evidences, does_not: doesNot } of clauses) {
    expect(Math.min(asks.length, evidences.length, doesNot.length)).toBeGreaterThan(0);
  }
});

test('every list of a report is bounded', async () => {
  const many = Array.from({ length: 250 }, (_, i) => [sealed(`s${i}`), failed(`s${i}`)]).flat();
  const report = await reportOn(makeLog([...many, 'close']).files);
  expect([report.incidents.listed.length, report.incidents.more]).toEqual([100, 150]);
  expect([report.shards.listed.length, report.shards.more]).toEqual([200, 50]);
});

test('an empty log has a report', async () => {
  const report = await reportOn(new Map([['log.json', log.files.get('log.json') as Uint8Array]]));
  expect(report).toMatchObject({ verification: { exit_code: 11 }, range: { first_seq: null } });
  expect(reportHtml(report)).toContain('NO_RECORDS');
});

describe('the page', () => {
  test('loads and runs nothing: its policy allows its own style alone, and no text of the log is markup', async () => {
    const page = reportHtml(await reportOn(log.files, log.vkey));
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const digest = toBase64(hashes.sha256(utf8(style)));
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|\bstyle=|\bon[a-z]+=|url\(|@import/i);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('\\u{202e}');
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(page.match(/<svg /g)).toHaveLength(3);
  });
});

describe('audit-chain report', () => {
  let scratch: string;
  let dir: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'report-'));
    dir = join(scratch, 'log');
    mkdirSync(dir);
    for (const [name, bytes] of log.files) writeFileSync(join(dir, name), bytes);
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  test('prints text or JSON, writes the page, and exits as the verification does', async () => {
    const html = join(scratch, 'report.html');
    const { code, out } = await runCommand(['report', dir, '--vkey', log.vkey, '--html', html]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Report on an audit log, made .*\n\nVERDICT\n {2}VERIFIED/);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/);
    const keyless = await runCommand(['report', dir, '--json']);
    expect([keyless.code, JSON.parse(keyless.out).verification.exit_code]).toEqual([11, 11]);
  });

  test('writes over no file', async () => {
    const kept = join(scratch, 'kept');
    writeFileSync(kept, 'mine');
    expect(await runCommand(['report', dir, '--html', kept])).toMatchObject({ code: 2, out: '' });
    expect(readFileSync(kept, 'utf8')).toBe('mine');
    expect(await runCommand(['report', dir, '--html', join(scratch, 'no', 'where')])).toMatchObject({
      code: 2,
    });
  });
});
