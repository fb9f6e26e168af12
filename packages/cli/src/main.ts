#!/usr/bin/env node
import { ProcessIo } from './process-io.js';
import { runVramResidency } from './run-vram-residency.js';

// Until the command has ended nothing counts as done: a process whose event loop runs dry would exit with 0.
process.exitCode = 1;
const io = new ProcessIo();
runVramResidency(process.argv.slice(2), io).then((exitCode) => io.finish(exitCode));
