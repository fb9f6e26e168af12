import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromHex } from '../src/bytes.js';
import { nobleHashes } from '../src/hash/noble-hashes.js';
import { deriveRootKey, epochMacKey, nextEpochSecret } from '../src/keys/epoch-keys.js';
import { LocalSigner } from '../src/keys/signing-key.js';
import { AuditLog } from '../src/node/audit-log.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import { KeyState } from '../src/node/key-state.js';
import { KeyStore } from '../src/node/key-store.js';
import { nodeHashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { readSecretFile } from '../src/node/secret-file.js';
import { EpochKeyChain } from '../src/verify/epoch-key-chain.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { runCommand } from './run-command.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { forms, SecretSearch } from './secret-search.js';
import { TestFileSystem } from './test-file-system.js';

// Everything that this package prints, throws or writes beside the keys is gathered, and searched for every secret
// in every form in which it could have got there.

const SECRET = 'correct horse battery staple';
const ROOT_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';
const place = new ScratchLog();
const search = new SecretSearch();
search.remember('the secret', SECRET);
search.rememberHex('the root key', ROOT_KEY);
const show = (where: string, value: unknown): void => search.show(where, value);
const rootKey = (): Uint8Array => fromHex(ROOT_KEY, 32) as Uint8Array;

async function showFailure(where: string, failing: Promise<unknown>): Promise<void> {
  const error = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, where).toBeInstanceOf(Error);
  show(where, error);
}

async function showCommand(args: readonly string[], environment: Record<string, string>): Promise<void> {
  const { out, error } = await runCommand(args, environment);
  search.showText(`audit-chain ${args[0]}`, `${out}\n${error}`);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

const options = (more: Partial<AuditLogOptions> = {}): AuditLogOptions =>
  place.options({
    onError: (error) => show('onError', error),
    onRootKey: (key) => {
      search.rememberHex(`random root key ${search.secrets.size}`, key);
    },
    ...more,
  });

/** A file that only its owner reads, outside every log. */
function secretFile(name: string, content: string, mode = 0o600): string {
  const folder = join(place.scratch, 'given');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}

beforeAll(async () => {
  await writeLogs();
  await failToOpen();
  await failWhileWriting();
  await runCommands();
  showObjects();
  await failWithKeys();
});
afterAll(() => place.remove());

/** Logs of every kind of root, with rotations and reopenings. */
async function writeLogs(): Promise<void> {
  const roots = {
    random: {},
    secret: { secret: SECRET },
    rootKey: { rootKey: rootKey() },
  };
  for (const [name, root] of Object.entries(roots)) {
    const dir = join(place.scratch, name);
    for (let opening = 0; opening < 2; opening++) {
      const log = await AuditLog.open(options({ dir, ...root, rotation: { segmentBytes: 2048 } }));
      show(`AuditLog of root ${name}`, log);
      for (let n = 0; n < 10; n++)
        show('receipt', await log.emit(testEvent(n, n % 3 ? 'INFO' : 'CRITICAL')).durable);
      search.rememberKeysOf(`${dir}.keys`);
      await log.close();
      show(`closed AuditLog of root ${name}`, log);
    }
    search.rememberKeysOf(`${dir}.keys`);
    const origin = JSON.parse(readFileSync(join(dir, 'log.json'), 'utf8')).origin;
    search.remember(`E[0] of the secret for log ${name}`, deriveRootKey(SECRET, origin));
    search.remember('E[1] of the root key', nextEpochSecret(nodeHashes, rootKey()));
    show('result', await verifyLog(await openLog(dir), { secret: SECRET }));
  }
}

/** Every way of refusing to open a log. */
async function failToOpen(): Promise<void> {
  const dir = join(place.scratch, 'secret');
  const keys = `${dir}.keys`;
  const state = join(keys, 'key.state');
  const signing = join(keys, 'signing.key');
  const opening = (more: Partial<AuditLogOptions> = {}) =>
    AuditLog.open(options({ dir, secret: SECRET, ...more }));
  const spoiled = async (where: string, path: string, spoil: (text: string) => string): Promise<void> => {
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, spoil(text));
    await showFailure(where, opening());
    writeFileSync(path, text);
  };
  await showFailure('short secret', opening({ dir: join(place.scratch, 'x'), secret: SECRET.slice(0, 15) }));
  search.remember('the beginning of the secret', SECRET.slice(0, 15));
  const short = { rootKey: rootKey().subarray(1) };
  await showFailure('short root key', AuditLog.open(options({ dir: join(place.scratch, 'x'), ...short })));
  await showFailure('root key and secret', opening({ rootKey: rootKey() }));
  await showFailure('a secret as worker id', opening({ workerId: SECRET }));
  await showFailure('another worker', opening({ workerId: 'gpu-9' }));
  await showFailure('another signer', opening({ signer: new LocalSigner(rootKey()) }));
  chmodSync(state, 0o644);
  await showFailure('key.state that others read', opening());
  chmodSync(state, 0o600);
  await spoiled('key.state that is no JSON', state, (text) => text.slice(0, -5));
  await spoiled('key.state with half a secret', state, (text) =>
    text.replace(/"secret":"[0-9a-f]{10}/, '"secret":"'),
  );
  await spoiled('key.state of another format', state, (text) => text.replace('/v1', '/v9'));
  await spoiled('key.state of another log', state, (text) => text.replace(/"origin":"/, '"origin":"x'));
  await spoiled('key.state of another epoch', state, (text) => text.replace(/"epoch":\d+/, '"epoch":0'));
  await spoiled('signing.key without its prefix', signing, (text) => text.slice(3));
  await spoiled('signing.key with another key ID', signing, (text) =>
    text.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
  );
  await spoiled('signing.key with a short seed', signing, (text) => `${text.trim().slice(0, -8)}\n`);
  const held = await opening();
  await showFailure('a second writer', opening());
  await held.close();
  const segment = join(dir, 'segment-00000000000000000000.ndjson');
  const bytes = readFileSync(segment);
  rmSync(segment);
  truncateSync(join(dir, readdirSync(dir).findLast((name) => name.startsWith('segment-')) as string), 100);
  await showFailure('a damaged log', opening());
  writeFileSync(segment, bytes);
}

/** Writers whose files or signers fail, at every operation of a short life. */
async function failWhileWriting(): Promise<void> {
  for (let failing = 1; failing <= 60; failing++) {
    const fileSystem = new TestFileSystem();
    fileSystem.fails = () => fileSystem.operations.length >= failing;
    const dir = join(place.scratch, `failing-${failing}`);
    try {
      const log = await AuditLog.open(options({ dir }), { fileSystem });
      await log.emit(testEvent(1, 'CRITICAL')).durable.catch((error: unknown) => show('receipt', error));
      show('failing AuditLog', log);
      await log.flush().catch((error: unknown) => show('flush', error));
      await log.close().catch((error: unknown) => show('close', error));
      show('receipt after close', await log.emit(testEvent(2)).durable.catch((error: unknown) => error));
    } catch (error) {
      show(`open with operation ${failing} failing`, error);
    }
    search.rememberKeysOf(`${dir}.keys`);
  }
  const dir = join(place.scratch, 'signer');
  const signer = {
    publicKey: new LocalSigner(new Uint8Array(32).fill(7)).publicKey,
    sign: () => {
      throw new Error('down');
    },
  };
  const log = await AuditLog.open(options({ dir, signer }));
  await log.emit(testEvent(1, 'CRITICAL')).durable;
  await log.close();
}

/** Every command, with what it should do and with what it must refuse. */
async function runCommands(): Promise<void> {
  const environment = { VRAM_RESIDENCY_AUDIT_SECRET: SECRET };
  const file = secretFile('secret', `${SECRET}\n`);
  const rootFile = secretFile('root.key', `${ROOT_KEY}\n`);
  const readable = secretFile('readable', SECRET, 0o644);
  const notHex = secretFile('not-hex', SECRET);
  const log = join(place.scratch, 'rootKey');
  const { origin, vkey } = JSON.parse(readFileSync(join(log, 'log.json'), 'utf8'));
  for (const args of [
    ['verify', log, '--root-key-file', rootFile, '--vkey', vkey],
    ['verify', log, '--root-key-file', rootFile, '--json'],
    ['verify', log, '--secret-file', file],
    ['verify', log, '--secret-file', readable],
    ['verify', log, '--root-key-file', notHex],
    ['verify', log, '--root-key-file', rootFile, '--secret-file', file],
    ['verify', log, '--vkey', rootFile],
    ['verify', log, '--anchor', file],
    ['show', log],
    ['show', log, '--json'],
    ['show', log, '--secret', SECRET],
    ['vkey', log],
    ['checkpoint', log],
    ['prove', log, '--seq', '1'],
    ['prove', log, '--seq', '1', '--json'],
    ['prove', log, '--seq', '100000'],
    ['verify-proof', file, '--record', file, '--vkey', vkey],
    ['derive-root', '--origin', SECRET],
    ['derive-root', SECRET],
    ['derive-root', '--origin', origin, '--secret-file', readable],
    ['init', join(place.scratch, 'made-1'), '--worker-id', 'w', '--secret-file', file],
    ['init', join(place.scratch, 'made-2'), '--worker-id', 'w', '--root-key-file', rootFile, '--json'],
    ['init', join(place.scratch, 'made-3'), '--worker-id', 'w', '--root-key-file', notHex],
    ['init', join(place.scratch, 'made-4'), '--worker-id', 'w', '--secret-file', readable],
  ]) {
    await showCommand(args, environment);
  }
  // These two print a root key, as they should: it is not looked for in their own output.
  const root = (await runCommand(['derive-root', '--origin', origin], environment)).out.trim();
  search.rememberHex('a derived root key', root);
  const made = await runCommand(['init', join(place.scratch, 'made-5'), '--worker-id', 'w', '--json']);
  search.rememberHex('the root key of init', JSON.parse(made.out).root_key);
  search.showText('audit-chain init, on stderr', made.error);
  for (const name of ['made-1', 'made-2', 'made-5'])
    search.rememberKeysOf(join(place.scratch, `${name}.keys`));
}

function showObjects(): void {
  const key = rootKey();
  show('LocalSigner', new LocalSigner(key));
  show('KeyState', new KeyState(3, key));
  show('KeyStore', new KeyStore('somewhere', () => 'x'));
  show('noble MAC key', epochMacKey(nobleHashes, key));
  show('Node MAC key', epochMacKey(nodeHashes, key));
  show('EpochKeyChain', new EpochKeyChain(nodeHashes, key, 10));
}

async function failWithKeys(): Promise<void> {
  const log = await openLog(join(place.scratch, 'rootKey'));
  const text = LocalSigner.format('origin', rootKey());
  const attempt = async (action: () => unknown): Promise<void> => void (await action());
  await showFailure(
    'parse',
    attempt(() => LocalSigner.parse(text, 'another')),
  );
  await showFailure(
    'parse a secret',
    attempt(() => LocalSigner.parse(SECRET, 'origin')),
  );
  await showFailure('verify with a short secret', verifyLog(log, { secret: SECRET.slice(0, 15) }));
  await showFailure('verify with a secret as its key', verifyLog(log, { vkey: text }));
  await showFailure('verify with a secret as its anchor', verifyLog(log, { anchors: [SECRET] }));
  await showFailure('a file that others read', readSecretFile(join(place.scratch, 'given/readable')));
}

describe('secrets', () => {
  test('are known, and looked for where they would be found', () => {
    const { secrets, shown } = search;
    expect(secrets.size).toBeGreaterThan(50);
    expect(shown.length).toBeGreaterThan(500);
    expect(shown.filter(({ text }) => text.includes('AuditError')).length).toBeGreaterThan(50);
    for (const [name, secret] of [...secrets].slice(0, 5)) {
      for (const form of forms(secret)) {
        expect(search.findIn('a text', `before ${form} after`)).toContain(`${name} in a text`);
      }
      const inspected = inspect({ secret }, { maxArrayLength: 1000 });
      expect(search.findIn('a text', inspected)).toContain(`${name} in a text`);
    }
  });

  test('are in nothing that is shown', () => {
    expect(search.shown.flatMap(({ where, text }) => search.findIn(where, text))).toEqual([]);
  });

  test('are in no file of a log', () => {
    const files = filesUnder(place.scratch).filter((file) => !/\.keys\/|\/given\//.test(file));
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => search.findIn(file, readFileSync(file, 'latin1')))).toEqual([]);
  });

  test('lie in files and folders that only their owner opens', () => {
    const files = filesUnder(place.scratch).filter((file) => file.includes('.keys/'));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
      expect([file, statSync(join(file, '..')).mode & 0o777]).toEqual([file, 0o700]);
    }
  });
});
