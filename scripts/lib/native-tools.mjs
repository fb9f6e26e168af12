// @ts-check
import { spawnSync } from 'node:child_process';

/**
 * What the C++ code needs to be built, and is not here.
 *
 * @returns {string[]}
 */
export function missingNativeTools() {
  return ['cmake', 'c++'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
}
