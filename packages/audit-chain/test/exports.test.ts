import { expect, test } from 'vitest';

// What the package exports is a promise: a change here is a change for everyone who uses it.

test('the browser-safe entry', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toEqual([
    'AUDIT_ERROR_CODES',
    'AUDIT_ERROR_REMEDIES',
    'AuditError',
    'DEFECT_REASONS',
    'LocalSigner',
    'RECORD_WORDS',
    'RecordTable',
    'SEVERITIES',
    'defineEvent',
    'deriveRootKey',
    'disabledAuditLog',
    'formatInclusionProof',
    'formatVerifierKey',
    'fromBytes',
    'fromFiles',
    'nobleHashes',
    'openCheckpoint',
    'parseCheckpoint',
    'parseInclusionProof',
    'parseRootKey',
    'parseVerifierKey',
    'plainRecordEngine',
    'proveConsistency',
    'proveInclusion',
    'query',
    'readContinuation',
    'toJson',
    'verifyConsistency',
    'verifyCosignature',
    'verifyInclusion',
    'verifyLog',
    'verifyRecord',
  ]);
});

test('the entry for answers and reports', async () => {
  expect(Object.keys(await import('../src/report/index.js')).sort()).toEqual([
    'makeReport',
    'reportHtml',
    'reportText',
    'residencyAt',
  ]);
});

test('the entry for Node', async () => {
  expect(Object.keys(await import('../src/node/index.js')).sort()).toEqual([
    'AuditLog',
    'callbackAnchor',
    'exportRecords',
    'exportTiles',
    'fileAnchor',
    'followLog',
    'nodeHashes',
    'openLog',
    'readSecretFile',
    'rollover',
    'witnessAnchor',
  ]);
});

test('the command line as a function', async () => {
  expect(Object.keys(await import('../src/cli/index.js')).sort()).toEqual(['runAuditChain']);
});
