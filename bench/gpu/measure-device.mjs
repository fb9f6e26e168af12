// @ts-check
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/lib/workspace.mjs';

const PROGRAM = join(root, 'native/build/gpu/bench/vram_bench_gpu');
const NOTHING_RAN = 77;
const SMALL_BYTES = 16 * 2 ** 20;

/**
 * What native/bench/gpu prints. Times are seconds.
 *
 * @typedef {object} Measurements
 * @property {string} device
 * @property {string} driver
 * @property {boolean} simulated
 * @property {number} multiprocessors
 * @property {number} bytes
 * @property {number} pieceBytes
 * @property {{ seconds: number, clockMhz: number }} blake3
 * @property {{ seconds: number, clockMhz: number }} sha256-fsverity
 * @property {number} copyOnDevice
 * @property {number} copyToDevice of a piece
 * @property {number} copyToHost of a piece
 * @property {number} copyBackAndHash of a piece
 * @property {number} stepsAlone
 * @property {number} stepsBeside
 * @property {number} verifiedPerSecond bytes
 */

/**
 * Measures device 0 by the native program. Ends this process with 77 where there is no GPU.
 *
 * @param {boolean} small
 * @returns {Measurements}
 */
export function measureDevice(small) {
  const { VRAM_RESIDENCY_CUDA_DRIVER: standIn } = process.env;
  const args = [
    ...(small ? ['--bytes', String(SMALL_BYTES), '--seconds', '0.05'] : []),
    ...(standIn === undefined ? [] : ['--stand-in', standIn]),
  ];
  const { status, error, stdout, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8' });
  if (status === NOTHING_RAN) {
    process.stdout.write(stdout);
    process.exit(NOTHING_RAN);
  }
  if (status !== 0) throw new Error(`${PROGRAM} failed: ${error?.message ?? stderr}`);
  return JSON.parse(stdout);
}

/**
 * What a report says of the device.
 *
 * @param {Measurements} measurements
 */
export function deviceOf({ device, driver, simulated, multiprocessors, ...rest }) {
  const clockMhz = { blake3: rest.blake3.clockMhz, 'sha256-fsverity': rest['sha256-fsverity'].clockMhz };
  return { name: device, driver, simulated, multiprocessors, clockMhz };
}
