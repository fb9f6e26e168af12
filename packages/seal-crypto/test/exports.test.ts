import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as everywhere from '../src/index.js';
import * as node from '../src/node/index.js';

test('the public names of "."', () => {
  expect(Object.keys(everywhere).sort()).toEqual([
    'CHUNK_BYTES',
    'DIGEST_ALGORITHMS',
    'DIGEST_BYTES',
    'DigestEngines',
    'MIN_TOKEN_BYTES',
    'SEAL_ERROR_CODES',
    'SEAL_FORMAT',
    'SealError',
    'SealKey',
    'chunkCount',
    'defaultEngines',
    'digestFromChunks',
    'equalBytes',
    'formatDigest',
    'fromHex',
    'isDigestAlgorithm',
    'isShardId',
    'isWorkerId',
    'javascriptEngine',
    'nobleEngine',
    'parseDigest',
    'parseSeal',
    'recordArguments',
    'sealPreimage',
    'serializeSeal',
    'toHex',
    'validateSealFields',
    'wasmEngine',
    'wasmRecordEngine',
  ]);
});

test('the public names of "./node"', () => {
  expect(Object.keys(node).sort()).toEqual(['defaultEngines', 'digestFile', 'nodeEngine']);
});

test('"." uses nothing of Node and imports noble alone', () => {
  const source = fileURLToPath(new URL('../src/', import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('node/'),
  );
  expect(files).toContain('index.ts');
  expect(files).toContain('wasm/wasm-engine.ts');
  for (const file of files) {
    const text = readFileSync(`${source}${file}`, 'utf8');
    for (const [, specifier] of text.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)) {
      expect(specifier).toMatch(/^(?:\.{1,2}\/(?:wasm\/)?[a-z0-9-]+\.js|@noble\/hashes\/[a-z0-9]+\.js)$/);
    }
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(code).not.toMatch(/\b(?:Buffer|process|require|__dirname|setImmediate|global)\b/);
  }
});
