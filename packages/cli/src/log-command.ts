import { runAuditChain } from '@vram-residency/audit-chain/cli';
import type { Command } from './command.js';

/** `vram-residency log …` is `audit-chain …`, which prints its own usage and errors. */
export const logCommand: Command = {
  run: (args, io) => runAuditChain(args, io),
};
