#!/usr/bin/env node
import { runAuditChain } from './cli/index.js';

process.exitCode = await runAuditChain(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  environment: process.env,
});
