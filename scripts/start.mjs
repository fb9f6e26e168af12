// @ts-check
// `npm start [-- FILE]`: sets everything up, then seals a model file on the simulated device, proves it from the log.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { root, setUp } from './lib/workspace.mjs';

setUp();
// npm runs this in the repository's root, whatever folder it was called in.
const files = process.argv.slice(2).map((file) => resolve(process.env['INIT_CWD'] ?? '.', file));
const { status } = spawnSync(process.execPath, [join(root, 'examples/demo/main.mjs'), ...files], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
