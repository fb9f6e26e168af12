import { nativeRecordEngine } from '@vram-residency/cuda-backend';
import type { RecordEngine } from '@vram-residency/seal-crypto';
import { expect, it } from 'vitest';
import { describeRecordEngine } from '../../audit-chain/test/record-engine-conformance.js';
import { describeVerification } from '../../audit-chain/test/verification-conformance.js';
import { isBuilt } from './stand-in.js';

it('is there where the addon is', () => {
  expect(nativeRecordEngine()?.name).toBe(isBuilt ? 'native' : undefined);
});

if (isBuilt) {
  describeRecordEngine(() => nativeRecordEngine() as RecordEngine);
  describeVerification(() => nativeRecordEngine() as RecordEngine);
}
