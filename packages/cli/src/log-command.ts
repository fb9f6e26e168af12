import { runAuditChain } from '@vram-residency/audit-chain/cli';
import { nativeRecordEngine } from '@vram-residency/cuda-backend';
import { wasmRecordEngine } from '@vram-residency/seal-crypto';
import type { Command } from './command.js';

/** `vram-residency log …` is `audit-chain …`, which prints its own usage and errors, over the fastest engine there is. */
export const logCommand: Command = {
  run: (args, io) =>
    runAuditChain(args, { ...io, recordEngine: () => nativeRecordEngine() ?? wasmRecordEngine() }),
};
