// @ts-check
// The witness as a server: node serve.mjs NAME KEY.pem DIRECTORY PORT LOG-VKEY...
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Witness } from './witness.mjs';

const [name, keyFile, directory, port, ...logs] = process.argv.slice(2);

if (name === undefined || keyFile === undefined || directory === undefined || port === undefined) {
  console.error('Usage: node serve.mjs NAME KEY.pem DIRECTORY PORT LOG-VKEY...');
  process.exitCode = 2;
} else {
  const witness = new Witness({ name, privateKey: createPrivateKey(readFileSync(keyFile)), directory });
  for (const vkey of logs) witness.know(vkey);
  witness.server().listen(Number(port), '127.0.0.1', () => console.log(witness.vkey));
}
