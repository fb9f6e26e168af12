// @ts-check
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NotRun } from '../part.mjs';

const PROGRAM = fileURLToPath(new URL('../programs/refused-store.mjs', import.meta.url));

/** @type {import('../part.mjs').Part} */
export const refusedStore = {
  name: "a kernel's write into a sealed shard fails, and the worker stops",
  async run({ facts }) {
    if (facts.mps === true)
      throw new NotRun('MPS serves the device, and the fault would be that of its other clients too');
    // The fault loses the context of its whole process.
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { encoding: 'utf8' });
    assert.equal(status, 0, `${signal ?? ''}${stderr}`);
    const { readOnly, stored, ...rest } = JSON.parse(stdout);
    if (readOnly !== true) throw new NotRun('this driver cannot protect memory');
    assert.notEqual(stored, 0);
    assert.deepEqual(rest, {
      code: 'VERIFICATION_FAILED',
      recorded: 'device_error',
      deallocated: false,
      state: 'stopped',
    });
    return `CUresult ${stored}, recorded as device_error`;
  },
};
