import * as device from '@vram-residency/device';
import * as conformance from '@vram-residency/device/conformance';
import { expect, test } from 'vitest';

test('what the package exports', () => {
  expect(Object.keys(device).sort()).toEqual([
    'DEVICE_ERROR_CODES',
    'DeviceError',
    'OPERATIONS',
    'checkAdoptSource',
    'checkBytes',
    'checkChunkRange',
    'checkInteger',
    'checkRange',
    'simulatedBackend',
  ]);
  expect(Object.keys(conformance).sort()).toEqual(['conformanceCases', 'describeBackend', 'runConformance']);
});
