#!/usr/bin/env node
import { runAuditChain } from './cli/index.js';

// Until the command has ended nothing counts as done, whatever ends the process.
process.exitCode = 1;
process.exitCode = await runAuditChain(process.argv.slice(2));
