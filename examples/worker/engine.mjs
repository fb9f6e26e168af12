// @ts-check
// Stands in for the team's own CUDA addon.

/**
 * A real engine gives `weights` to its native code, which reads the device pointer from it and computes there. The
 * simulated device has no device pointer, so there is nothing to compute with, and this says so.
 *
 * @param {object | undefined} weights
 * @param {string} prompt
 */
export function run(weights, prompt) {
  return weights === undefined
    ? `no GPU, so no answer to ${JSON.stringify(prompt)}`
    : 'not reached without CUDA';
}
