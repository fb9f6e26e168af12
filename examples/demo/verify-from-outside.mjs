// @ts-check
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parseRootKey, verifyLog } from '@vram-residency/audit-chain';
import { openLog } from '@vram-residency/audit-chain/node';

/**
 * What an auditor does with nothing but the log's files and a key: once with the public key, once with the root key.
 *
 * @param {string} auditDir
 * @param {string} vkey
 * @param {string} rootKeyFile
 */
export async function verifyFromOutside(auditDir, vkey, rootKeyFile) {
  console.log('7. Verify the log from the outside, as an auditor would who has its files and a key');
  const withVkey = await verifyLog(await openLog(auditDir), { vkey });
  console.log(
    `   with the public key: ${withVkey.status}, ${withVkey.records} records, ${withVkey.checkpoints} checkpoints`,
  );
  const rootKey = parseRootKey((await readFile(rootKeyFile, 'utf8')).trim());
  const withRootKey = await verifyLog(await openLog(auditDir), { rootKey });
  console.log(`   with the root key:   ${withRootKey.status}, every record's MAC ${withRootKey.mac}`);
  for (const [type, count] of Object.entries(withRootKey.events)) console.log(`   ${count} ${type}`);
  assert.equal(withVkey.status, 'verified', 'The log does not verify with the public key');
  assert.equal(withRootKey.status, 'verified', 'The log does not verify with the root key');
  assert.equal(withRootKey.mac, 'verified', 'The MACs of the log were not verified');
}
