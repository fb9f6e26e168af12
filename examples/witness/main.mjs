// @ts-check
// A log with two anchors, a witness and a file, and what they find out when a backup is restored and goes on by mistake.
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyCosignature } from '@vram-residency/audit-chain';
import { AuditLog, fileAnchor, witnessAnchor } from '@vram-residency/audit-chain/node';
import { Witness } from './witness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'witness-'));
const { privateKey } = generateKeyPairSync('ed25519');
const witness = new Witness({ name: 'witness.example/w1', privateKey, directory: join(folder, 'witness') });
const server = witness.server();
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const dir = join(folder, 'log');
const anchors = [
  witnessAnchor(`http://127.0.0.1:${port}`, witness.vkey, { onFailure: 'require' }),
  fileAnchor(join(folder, 'newest-checkpoint')),
];

try {
  console.log('A worker writes its log; a record counts once the witness knows it.');
  const log = await openLog();
  witness.know(log.vkey);
  await record(log, 'first');
  await log.close();
  const backup = join(folder, 'backup');
  cpSync(dir, backup, { recursive: true });
  cpSync(`${dir}.keys`, `${backup}.keys`, { recursive: true });

  const resumed = await openLog();
  await record(resumed, 'second');
  await resumed.close();
  const checkpoint = readFileSync(join(dir, 'checkpoint'), 'utf8');
  console.log(`An auditor finds that ${verifyCosignature(checkpoint, witness.vkey).name} has cosigned it.`);

  console.log('Someone restores the backup, and the worker goes on with it.');
  rmSync(dir, { recursive: true });
  rmSync(`${dir}.keys`, { recursive: true });
  cpSync(backup, dir, { recursive: true });
  cpSync(`${backup}.keys`, `${dir}.keys`, { recursive: true });
  const restored = await openLog();
  await record(restored, 'third');
  await restored.close();
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}

function openLog() {
  const told = new Set();
  return AuditLog.open({
    dir,
    workerId: 'gpu-0',
    anchors,
    // Right after every record, so that nobody waits long here; without it a checkpoint is made every ten seconds.
    checkpoint: { records: 1 },
    // The name of a file is the run's own, so the code has to do.
    onError: ({ code }) => told.has(code) || (told.add(code) && console.log(`  reported: ${code}`)),
  });
}

/**
 * @param {AuditLog} log
 * @param {string} what
 */
async function record(log, what) {
  const { durable, anchored } = log.emit({ type: 'something_happened', severity: 'INFO', members: { what } });
  await durable;
  await anchored.then(
    () => console.log(`  ${what}: anchored`),
    ({ code }) => console.log(`  ${what}: on disk, but not anchored (${code})`),
  );
}
