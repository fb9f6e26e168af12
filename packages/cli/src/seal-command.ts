import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditLog, readSecretFile } from '@vram-residency/audit-chain/node';
import { type SealedShard, simulatedBackend, VramError, VramManager, vramOnly } from 'vram-residency';
import { UsageError } from './exit-code.js';

const DEFAULT_AUDIT_DIR = 'vram-residency-audit';

/** `vram-residency seal FILE...`: seals files on the simulated device, records it, prints the seals. */
export async function sealCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'sim' },
      digest: { type: 'string', default: 'blake3' },
      expect: { type: 'string' },
      'audit-dir': { type: 'string', default: DEFAULT_AUDIT_DIR },
      'worker-id': { type: 'string' },
      capacity: { type: 'string' },
      'token-file': { type: 'string' },
      'secret-file': { type: 'string' },
      verify: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length === 0) throw new UsageError('Expected a file to seal');
  if (values.device !== 'sim')
    throw new UsageError('Expected --device sim: there is no CUDA backend in this version');
  const digest = values.digest;
  if (digest !== 'blake3' && digest !== 'sha256-fsverity') {
    throw new UsageError('Expected --digest blake3 or sha256-fsverity');
  }
  const workerToken = await secretOf(values['token-file'], 'VRAM_RESIDENCY_TOKEN');
  if (workerToken === undefined)
    throw new UsageError('Expected the worker’s token in VRAM_RESIDENCY_TOKEN or --token-file');
  const secret = await secretOf(values['secret-file'], 'VRAM_RESIDENCY_AUDIT_SECRET');
  const dir = values['audit-dir'];
  const workerId =
    values['worker-id'] ?? existingWorkerId(dir) ?? hostname().replace(/[^A-Za-z0-9._:-]/g, '-');
  const backend = simulatedBackend(
    values.capacity === undefined ? {} : { devices: [{ capacityBytes: byteCount(values.capacity) }] },
  );
  const auditLog = await AuditLog.open({
    dir,
    workerId,
    onError: (error) => process.stderr.write(`vram-residency: ${error.message} (${error.code})\n`),
    onRootKey: (key) => {
      process.stderr.write(
        `Root key of the new log, shown this once: ${key}\nKeep it away from this machine.\n`,
      );
    },
    ...(secret === undefined ? {} : { secret }),
  });
  const policy = vramOnly({ allowSimulated: true });
  const shards: SealedShard[] = [];
  let verified: boolean | null = null;
  let failure: unknown;
  try {
    await using vram = await VramManager.open({
      backend,
      workerToken,
      workerId,
      auditLog,
      auditMode: 'required',
      policy,
    });
    try {
      for (const file of positionals) {
        const expected = values.expect === undefined ? {} : { expected: values.expect };
        shards.push(await vram.sealModel(file, { digest, modelRef: basename(file), ...expected }));
      }
      if (values.verify === true) {
        for (const shard of shards) await vram.verifySealed(shard);
        verified = true;
      }
    } catch (error) {
      if (!(error instanceof VramError) || error.code !== 'VERIFICATION_FAILED') throw error;
      verified = false;
      failure = error;
    }
  } finally {
    await auditLog.close();
  }
  const { origin, vkey, treeSize } = auditLog;
  const audit = { dir: auditLog.dir, origin, vkey, tree_size: treeSize };
  if (values.json === true)
    process.stdout.write(`${JSON.stringify({ seals: shards, verified, audit }, null, 2)}\n`);
  else process.stdout.write(describe(shards, verified, audit));
  if (failure !== undefined) throw failure;
  return 0;
}

function describe(
  shards: readonly SealedShard[],
  verified: boolean | null,
  audit: { readonly dir: string; readonly vkey: string },
): string {
  const lines = shards.map(
    ({ fields }) =>
      `sealed ${fields.shardId} on the SIMULATED device: ${fields.vramBytes} bytes, ${fields.digestAlgorithm} ${fields.digest}`,
  );
  if (verified === true) lines.push('all seals verified in place');
  return `${[...lines, `audit log ${audit.dir}`, `vkey ${audit.vkey}`].join('\n')}\n`;
}

async function secretOf(file: string | undefined, variable: string): Promise<string | undefined> {
  return file === undefined ? process.env[variable] || undefined : readSecretFile(file);
}

/** An existing log keeps its worker's id. */
function existingWorkerId(dir: string): string | undefined {
  const path = join(dir, 'log.json');
  if (!existsSync(path)) return undefined;
  const { worker_id: workerId } = JSON.parse(readFileSync(path, 'utf8')) as { worker_id?: unknown };
  return typeof workerId === 'string' ? workerId : undefined;
}

function byteCount(text: string): number {
  const bytes = Number(text);
  if (!/^[1-9][0-9]*$/.test(text) || !Number.isSafeInteger(bytes))
    throw new UsageError('Expected --capacity in bytes');
  return bytes;
}
