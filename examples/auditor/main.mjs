// @ts-check
// An auditor: verifies a log that came by mail. Needs the log's directory, its public key, and audit-chain alone.
import { verifyLog } from '@vram-residency/audit-chain';
import { openLog } from '@vram-residency/audit-chain/node';

const [directory, vkey] = process.argv.slice(2);

if (directory === undefined || vkey === undefined) {
  console.error('Usage: node main.mjs LOG VKEY');
  process.exitCode = 2;
} else {
  process.exitCode = await audit(directory, vkey);
}

/**
 * @param {string} directory
 * @param {string} vkey
 */
async function audit(directory, vkey) {
  try {
    const result = await verifyLog(await openLog(directory), { vkey });
    console.log(
      `${result.status}: ${result.records} records from ${result.firstTimestamp} to ${result.lastTimestamp}`,
    );
    for (const [type, count] of Object.entries(result.events)) console.log(`  ${type}: ${count}`);
    for (const { segment, line, reason, detail } of result.defects) {
      console.error(`${segment ?? 'the log'}:${line ?? ''} ${reason}: ${detail}`);
    }
    return result.exitCode;
  } catch (error) {
    const { message, code } = /** @type {Error & { code?: string }} */ (error);
    console.error(code === undefined ? message : `${message} (${code})`);
    return 2;
  }
}
