// @ts-check
// `pnpm big-log [--records N]`: writes a log of ten million records through the writer, then verifies and shows it with the
// command, each in a process of its own whose memory must not grow with the log.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { emitDurably, openAuditLog } from '../packages/audit-chain/bench/support/audit-log.mjs';
import { root } from './lib/workspace.mjs';

/** Of any of the processes, whatever the size of the log. */
const MAX_RESIDENT_MIB = 300;
const COMMAND = join(root, 'packages/audit-chain/dist/main.js');
/** Lets a process say at its end how much memory it had at its largest, in KiB. */
const REPORT = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS + '\\n'))`,
)}`;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'), // pnpm passes it on, npm does not
  options: { records: { type: 'string', default: '10000000' }, write: { type: 'string' } },
});
const records = Number(values.records);

if (values.write === undefined) judge();
else {
  const log = await openAuditLog(values.write, { onRootKey: () => undefined });
  await emitDurably(log, records);
  await log.close();
  console.log(JSON.stringify({ vkey: log.vkey, size: log.treeSize }));
}

function judge() {
  const scratch = mkdtempSync(join(tmpdir(), 'big-log-'));
  try {
    const dir = join(scratch, 'log');
    const written = JSON.parse(
      run('written', [fileURLToPath(import.meta.url), '--write', dir, '--records', String(records)]),
    );
    const { vkey, size } = written;
    const verified = JSON.parse(run('verified', [COMMAND, 'verify', dir, '--vkey', vkey, '--json']));
    expect('status', verified.status, 'verified');
    expect('records', verified.records, size);
    expect('events', verified.events.seal_verified, records);
    const opened = run('shown by type', [COMMAND, 'show', dir, '--type', 'log_closed', '--json']);
    const [{ seq, timestamp }] = JSON.parse(opened);
    expect('the record before the last', seq, size - 2);
    const since = run('shown by time', [COMMAND, 'show', dir, '--since', timestamp, '--type', 'log_closed']);
    expect('records of the last moment', since.trim().split('\n').length, 1);
    const proof = run('proven by number', [COMMAND, 'prove', dir, '--seq', '7', '--vkey', vkey]);
    expect('proof', proof.startsWith('c2sp.org/tlog-proof@v1\n'), true);
    console.log(`big log: ${size} records, in at most ${MAX_RESIDENT_MIB} MiB each`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * Runs a program of its own; gives what it printed.
 *
 * @param {string} what
 * @param {readonly string[]} args
 */
function run(what, args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', REPORT, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${what}: exit code ${status}\n${stdout}${stderr}`);
  const residentMib = Math.round(Number(/\npeak (\d+)\n/.exec(stderr)?.[1]) / 1024);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s, at most ${residentMib} MiB`);
  if (!(residentMib <= MAX_RESIDENT_MIB)) throw new Error(`${what}: memory grew to ${residentMib} MiB`);
  return stdout;
}

/**
 * @param {string} what
 * @param {unknown} found
 * @param {unknown} expected
 */
function expect(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: expected ${expected} but found ${found}`);
}
