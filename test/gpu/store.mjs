// @ts-check
import { createRequire } from 'node:module';

/**
 * Stores a byte in device memory by a kernel of its own, as another addon of the process could, and gives the driver's
 * CUresult.
 *
 * @param {object | undefined} external of an allocation
 * @param {number} offset
 * @param {number} value
 * @returns {number}
 */
export function store(external, offset, value) {
  const backend = import.meta.resolve('@vram-residency/cuda-backend');
  const addon = createRequire(backend)('../build/Release/store_kernel.node');
  const { VRAM_RESIDENCY_CUDA_DRIVER: standIn = null } = process.env;
  return addon.store(external, offset, value, standIn);
}
