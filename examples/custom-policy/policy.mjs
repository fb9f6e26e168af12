// @ts-check
import { readFileSync } from 'node:fs';
import { customRule, definePolicy, parsePolicy } from 'vram-residency';

/** The rules that are data: whoever decides on them edits the file, not the program. */
const fromFile = parsePolicy(readFileSync(new URL('policy.json', import.meta.url), 'utf8'));

/**
 * The file's rules, and one that needs a program: the GPU must be one that the tenant was given.
 *
 * @param {ReadonlySet<string>} inventory UUIDs of GPUs
 */
export function tenantPolicy(inventory) {
  return definePolicy(fromFile.name, [
    ...fromFile.rules,
    customRule({
      rule: 'gpu_of_this_tenant',
      violation: 'gpu_of_another_tenant',
      remedy: 'let the job run on a GPU of the inventory',
      scope: 'device',
      check: ({ uuid }) => (inventory.has(uuid) ? undefined : `The GPU ${uuid} is not in the inventory`),
    }),
  ]);
}
