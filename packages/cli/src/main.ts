#!/usr/bin/env node
import { runAuditChain } from '@vram-residency/audit-chain/cli';
import { digestCommand } from './digest-command.js';
import { exitCodeOf, explain, UsageError } from './exit-code.js';
import { sealCommand } from './seal-command.js';

const USAGE = `Usage:
  vram-residency digest FILE... [--digest blake3|sha256-fsverity|sha256]
  vram-residency seal FILE... [--device sim] [--digest ALG] [--expect DIGEST] [--audit-dir DIR] [--worker-id ID]
                              [--capacity BYTES] [--verify] [--token-file F] [--secret-file F] [--json]
  vram-residency log …        what audit-chain … does
`;

async function main([command = '', ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case 'digest':
      return digestCommand(args);
    case 'seal':
      return sealCommand(args);
    case 'log':
      return runAuditChain(args, {
        out: (text) => process.stdout.write(text),
        error: (text) => process.stderr.write(text),
        environment: process.env,
      });
    case '--help':
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    default:
      throw new UsageError('Expected a command; see vram-residency --help');
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`vram-residency: ${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
