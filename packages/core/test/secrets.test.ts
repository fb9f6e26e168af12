import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { AuditLog } from '@vram-residency/audit-chain/node';
import { vramOnly } from '@vram-residency/policy';
import { SealKey } from '@vram-residency/seal-crypto';
import { afterEach, expect, test } from 'vitest';
import { simulatedBackend, VramManager } from 'vram-residency';
import { MIB } from './support.js';

const TOKEN = 'worker-token-that-nobody-may-see';
const SECRET = 'audit-secret-that-nobody-may-see';
/** A run of model bytes that would be found in any output which held some of them. */
const MODEL = Buffer.from('MODEL-BYTES-THAT-NOBODY-MAY-SEE '.repeat(MIB / 32));

let scratch: string | undefined;
afterEach(() => {
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
  scratch = undefined;
});

/** How a secret could look in a text without white space: as it is, in hex, in base64, as a list of bytes. */
function disguises(secret: string): string[] {
  const bytes = Buffer.from(secret.replaceAll(' ', ''));
  const list = [...bytes.subarray(0, 12)].join(',');
  return [bytes.toString('utf8'), bytes.toString('hex'), bytes.toString('base64').slice(0, -4), list];
}
const forbidden = [TOKEN, SECRET, 'MODEL-BYTES-THAT-NOBODY-MAY-SEE'].flatMap(disguises);

function expectNoSecret(text: string): void {
  const dense = text.replace(/\s/g, '');
  for (const secret of forbidden) expect(dense.includes(secret)).toBe(false);
}

test('no token, secret or model byte is in any error, event, record, JSON or inspection', async () => {
  scratch = mkdtempSync(join(tmpdir(), 'secrets-'));
  const outputs: unknown[] = [];
  const onError = (error: unknown) => outputs.push(error);
  const auditLog = await AuditLog.open({
    dir: join(scratch, 'log'),
    workerId: 'gpu-0',
    secret: SECRET,
    onError,
  });
  const backend = simulatedBackend();
  const manager = await VramManager.open({
    backend,
    workerToken: TOKEN,
    workerId: 'gpu-0',
    auditLog,
    auditMode: 'required',
    policy: vramOnly({ allowSimulated: true }),
    onError,
  });
  for (const name of ['stopped', 'violation', 'verificationFailed'] as const) {
    manager.on(name, (event) => outputs.push(event));
  }
  /** Keeps what a call that must fail failed with. */
  const failing = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    outputs.push(error);
  };
  const shard = await manager.sealModel(MODEL, { shardId: 'a', modelRef: 'm' });
  const kept: unknown[] = [];
  await manager.execute([shard], (views) => kept.push(...views));
  await failing(manager.sealModel(MODEL, { expected: `sha256:${'0'.repeat(64)}` }));
  await failing(manager.sealModel(MODEL, { shardId: TOKEN.replaceAll('-', '/') }));
  await failing(manager.sealModel(MODEL, { expected: TOKEN }));
  await failing(manager.sealModel(join(scratch, 'nothing')));
  await failing(manager.verifySealed({ ...shard.toJSON(), signature: SECRET }));
  await failing(VramManager.open({ backend, workerToken: TOKEN, workerId: 'a b' }));
  await failing(VramManager.open({ backend, workerToken: 'short', workerId: 'gpu-0' }));
  for (const operation of ['write', 'digest', 'protect'] as const) {
    backend.faults.failCall({ operation, code: 'DEVICE_ERROR' });
    await failing(manager.sealModel(MODEL));
  }
  backend.faults.flipBit(backend.faults.allocations[0] as never, { offset: 3 });
  await failing(manager.execute([shard], () => 1));
  await failing(manager.recover({ reason: 'hope' }));
  const held = [manager, shard, manager.list(), manager.metrics(), await manager.memory(), auditLog, kept];
  await manager.release(shard);
  await manager.close();
  await auditLog.close();
  const options = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: false };
  for (const output of [...outputs, ...held, SealKey.derive(TOKEN, 'gpu-0')]) {
    expectNoSecret(inspect(output, options));
    expectNoSecret(JSON.stringify(output) ?? '');
    if (output instanceof Error)
      expectNoSecret(`${output.message}\n${output.stack}\n${inspect(output.cause, options)}`);
  }
  expect(outputs.length).toBeGreaterThan(12);
  const log = join(scratch, 'log');
  for (const name of readdirSync(log)) expectNoSecret(readFileSync(join(log, name), 'latin1'));
  const keys = `${log}.keys`;
  expect(statSync(keys).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(keys)) {
    expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
    expectNoSecret(readFileSync(join(keys, name), 'latin1'));
  }
});

test('the search for secrets finds them where they are', () => {
  expect(() => expectNoSecret(inspect({ token: Buffer.from(TOKEN).toString('hex') }))).toThrow();
  expect(() => expectNoSecret(JSON.stringify({ token: TOKEN }))).toThrow();
  expect(() => expectNoSecret(inspect([...Buffer.from(SECRET)]))).toThrow();
});
