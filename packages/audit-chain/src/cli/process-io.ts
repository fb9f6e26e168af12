import { errorCode } from '../node/error-code.js';
import type { CommandIo } from './io.js';

/**
 * The streams and the environment of this process. A reader of stdout that has gone (`| head`) is no error: what
 * follows is not written. Any other failure to write ends the process with exit code 1.
 */
export function processIo(): CommandIo {
  const outClosed = new AbortController();
  process.stdout.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') {
      process.stderr.write(`audit-chain: The results cannot be written: ${error.message}\n`);
      process.exit(1);
    }
    outClosed.abort();
  });
  process.stderr.on('error', () => undefined); // nowhere is left to tell it
  return {
    out: (text) => {
      if (!outClosed.signal.aborted) process.stdout.write(text);
    },
    error: (text) => {
      process.stderr.write(text);
    },
    environment: process.env,
    outClosed: outClosed.signal,
  };
}
