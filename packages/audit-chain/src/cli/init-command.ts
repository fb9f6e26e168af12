import { parseArgs } from 'node:util';
import { AuditLog } from '../node/audit-log.js';
import type { CommandIo } from './io.js';
import { UsageError } from './usage-error.js';

/** `audit-chain init`: creates a log; prints its verifier key, and its random root key once. */
export async function initCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'worker-id': { type: 'string' }, json: { type: 'boolean' } },
  });
  const [dir] = positionals;
  const workerId = values['worker-id'];
  if (dir === undefined || positionals.length > 1 || workerId === undefined) {
    throw new UsageError('Usage: audit-chain init DIR --worker-id ID [--json]');
  }
  const secret = io.environment['VRAM_RESIDENCY_AUDIT_SECRET'];
  let rootKey: string | null = null;
  const log = await AuditLog.open({
    dir,
    workerId,
    onError: (error) => io.error(`audit-chain: ${error.message} (${error.code})\n`),
    onRootKey: (key) => {
      rootKey = key;
    },
    ...(secret === undefined || secret === '' ? {} : { secret }),
  });
  await log.close();
  const { origin, vkey } = log;
  if (values.json === true) {
    io.out(`${JSON.stringify({ dir: log.dir, origin, vkey, root_key: rootKey })}\n`);
    return 0;
  }
  io.out(`origin   ${origin}\nvkey     ${vkey}\n`);
  if (rootKey !== null) {
    io.out(`root key ${rootKey}\n`);
    io.error(
      'The root key is shown this once. Keep it away from this machine: who holds it can check MACs, and forge them.\n',
    );
  }
  return 0;
}
