#!/usr/bin/env node
import { runAuditChain } from './cli/index.js';

process.exitCode = await runAuditChain(process.argv.slice(2));
