// @ts-check
// `node bench/gpu/digest.mjs [--small]`: digests in place on a GPU, against the ceiling at the clock of the run, a copy on the
// device, and copying back to the host and hashing there; and what re-verification costs an inference-like loop.
import { benchmark } from '../../scripts/lib/benchmark.mjs';
import { deviceOf, measureDevice } from './measure-device.mjs';
import { GPU_ROWS } from './rows.mjs';

/** Of a multiprocessor in a clock: those that neither the adders of the FMA pipe nor memory can do. */
const ALU_OPERATIONS = 64;
const BLOCK_BYTES = 64;

/**
 * What bounds each digest: ALU operations of a compression with all additions on the FMA pipe, and compressions for each
 * block of the message (BLAKE3: a parent for 16 blocks; SHA-256: a block of padding, whose schedule is constant, for 64).
 */
const BOUNDS = {
  blake3: { operations: 464, compressions: 17 / 16 },
  'sha256-fsverity': { operations: 1040, compressions: 64.6 / 64 },
};

await benchmark('Digests in the memory of a GPU', async ({ small }) => {
  const measured = measureDevice(small);
  const rate = (/** @type {number} */ seconds, bytes = measured.bytes) => bytes / seconds / 1e9;
  const ceiling = (/** @type {keyof typeof BOUNDS} */ algorithm) => {
    const { operations, compressions } = BOUNDS[algorithm];
    const clock = measured[algorithm].clockMhz * 1e6;
    return (
      (measured.multiprocessors * ALU_OPERATIONS * clock * BLOCK_BYTES) / (operations * compressions) / 1e9
    );
  };
  const atCeiling = (/** @type {keyof typeof BOUNDS} */ algorithm) => {
    const { clockMhz } = measured[algorithm];
    // Without a clock there is no ceiling to compare with.
    return clockMhz === 0 ? {} : { against: `ceiling at ${clockMhz} MHz`, baseline: ceiling(algorithm) };
  };
  const blake3 = rate(measured.blake3.seconds);
  const fsverity = rate(measured['sha256-fsverity'].seconds);
  const back = rate(measured.copyBackAndHash, measured.pieceBytes);
  const target = (/** @type {keyof typeof GPU_ROWS} */ row, /** @type {boolean} */ reached) => ({
    target: { text: GPU_ROWS[row].reach, reached },
  });
  return {
    device: deviceOf(measured),
    rows: [
      {
        what: GPU_ROWS.blake3.what,
        measured: blake3,
        unit: 'GB/s',
        ...atCeiling('blake3'),
        ...target('blake3', blake3 >= 1700),
      },
      {
        what: GPU_ROWS.blake3Copy.what,
        measured: blake3,
        unit: 'GB/s',
        against: 'copy on the device',
        baseline: rate(measured.copyOnDevice),
      },
      {
        what: GPU_ROWS.blake3Back.what,
        measured: blake3,
        unit: 'GB/s',
        against: 'copy to the host and SHA-256 there',
        baseline: back,
        ...target('blake3Back', blake3 >= 500 * back),
      },
      {
        what: GPU_ROWS.fsverity.what,
        measured: fsverity,
        unit: 'GB/s',
        ...atCeiling('sha256-fsverity'),
        ...target('fsverity', fsverity >= 850),
      },
      {
        what: GPU_ROWS.background.what,
        measured: measured.stepsBeside,
        unit: 'steps/s',
        against: `alone, ${(measured.verifiedPerSecond / 1e9).toPrecision(3)} GB/s verified`,
        baseline: measured.stepsAlone,
        ...target('background', measured.stepsBeside >= 0.99 * measured.stepsAlone),
      },
    ],
  };
});
