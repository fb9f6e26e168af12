import { type SealedShard, VramError, type VramManager } from 'vram-residency';
import type { Command } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { assertSealable } from './assert-sealable.js';
import { hold } from './hold.js';
import { sealFiles } from './seal-files.js';
import { endText, sealedText, sealJson } from './seal-report.js';
import { readSealRequest, type SealRequest } from './seal-request.js';
import { SEAL_USAGE } from './seal-usage.js';
import { verifySeals } from './verify-seals.js';
import { type AuditPlace, withWorker } from './with-worker.js';

/** `vram-residency seal FILE...`: seals files on a device, records it, prints the seals. */
export const sealCommand: Command = {
  usage: SEAL_USAGE,
  run: async (args, io) => {
    await runSeal(readSealRequest(args), io);
    return 0;
  },
};

/** What was sealed, and what came of verifying it. */
interface Outcome {
  readonly shards: readonly SealedShard[];
  /** null: it was not asked for. */
  readonly verified: boolean | null;
  /** The seal that did not verify. */
  readonly failure?: VramError;
}

/**
 * Does what a command line of `seal` asks for.
 *
 * @throws whatever fails; a seal that does not verify is in the JSON document as well
 */
export async function runSeal(request: SealRequest, io: CommandIo): Promise<void> {
  for (const file of request.files) await assertSealable(file);
  const interruption = io.interruption();
  let failure: VramError | undefined;
  try {
    const { result, audit } = await withWorker(request, io, interruption, async (vram) => {
      const outcome = await sealAndVerify(vram, request, io, interruption.signal);
      failure = outcome.failure;
      return outcome;
    });
    report(result, audit, request, io);
  } catch (error) {
    // A failed verification outweighs whatever fails while the worker is closed after it.
    if (failure === undefined) throw error;
    io.report(error);
  }
  if (failure !== undefined) throw failure;
}

async function sealAndVerify(
  vram: VramManager,
  request: SealRequest,
  io: CommandIo,
  signal: AbortSignal,
): Promise<Outcome> {
  const shards = await sealFiles(vram, request, io, signal);
  try {
    if (request.verify) await verifySeals(vram, shards, signal);
    await holdIfAsked(vram, shards, request, io, signal);
    return { shards, verified: request.verify ? true : null };
  } catch (error) {
    if (!(error instanceof VramError) || error.code !== 'VERIFICATION_FAILED') throw error;
    // Told at once: what is released and closed now may take a while.
    io.report(error);
    return { shards, verified: false, failure: error };
  }
}

async function holdIfAsked(
  vram: VramManager,
  shards: readonly SealedShard[],
  request: SealRequest,
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  const { holdBytesPerSecond: bytesPerSecond, json } = request;
  if (bytesPerSecond === undefined) return;
  // Whoever waits for the shards to be resident must see them now; a JSON document is whole or not there.
  if (!json) io.out(sealedText(shards, request));
  const count = shards.length === 1 ? '1 shard' : `${shards.length} shards`;
  io.error(
    `Holding ${count} resident, verifying ${bytesPerSecond} bytes a second, until SIGINT or SIGTERM.\n`,
  );
  await hold(vram, { bytesPerSecond, signal });
}

/** Prints the JSON document; for people nothing as sealed that did not verify. */
function report(
  { shards, verified, failure }: Outcome,
  audit: AuditPlace,
  request: SealRequest,
  io: CommandIo,
): void {
  if (request.json) {
    io.out(sealJson(shards, verified, audit));
  } else if (failure === undefined) {
    const isShown = request.holdBytesPerSecond !== undefined;
    io.out((isShown ? '' : sealedText(shards, request)) + endText(shards, verified, audit));
  }
}
