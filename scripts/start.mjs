// @ts-check
// `npm start [-- FILE]`: sets everything up, then seals a model file on the simulated device, proves it from the log.
import { spawnSync } from 'node:child_process';
import { setUp } from './lib/workspace.mjs';

setUp();
const { status } = spawnSync(
  process.execPath,
  [new URL('../examples/demo/main.mjs', import.meta.url).pathname, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
