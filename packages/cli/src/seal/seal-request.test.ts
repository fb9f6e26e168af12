import { expect, test } from 'vitest';
import { readSealRequest } from './seal-request.js';

test('the defaults', () => {
  expect(readSealRequest(['model.bin'])).toMatchObject({
    files: ['model.bin'],
    backend: { name: 'simulated' },
    deviceIndex: 0,
    capacityBytes: undefined,
    digest: 'blake3',
    expected: undefined,
    auditDir: 'vram-residency-audit',
    workerId: undefined,
    verify: false,
    holdBytesPerSecond: undefined,
    json: false,
  });
  expect(readSealRequest(['model.bin', '--hold'])).toMatchObject({ holdBytesPerSecond: 67_108_864 });
});

test('what is given', () => {
  const expected = `sha256:${'0'.repeat(64)}`;
  const args = ['--digest', 'sha256-fsverity', '--expect', expected, '--capacity', '2147483648', '--verify'];
  expect(readSealRequest([...args, '--hold', '--scrub', '2G', '--json', 'a'])).toMatchObject({
    digest: 'sha256-fsverity',
    expected,
    capacityBytes: 2_147_483_648,
    verify: true,
    holdBytesPerSecond: 2_147_483_648,
    json: true,
  });
  expect(readSealRequest(['a', '--device', '3'])).toMatchObject({
    backend: { name: 'cuda' },
    deviceIndex: 3,
  });
});

test.each([
  [[], 'USAGE', /file/],
  [['a', '--digest', 'sha256'], 'USAGE', /--digest/],
  [['a', 'b', '--expect', '0'.repeat(64)], 'USAGE', /one file/],
  [['a', '--expect', 'md5:00'], 'MALFORMED_DIGEST', /algorithm/],
  [['a', '--expect', '00'], 'MALFORMED_DIGEST', /hex digits/],
  [['a', '--device', 'gpu'], 'USAGE', /--device/],
  [['a', '--device', '01'], 'USAGE', /--device/],
  [['a', '--device', '0', '--capacity', '1'], 'USAGE', /--capacity/],
  [['a', '--capacity', '1G'], 'USAGE', /--capacity/],
  [['a', '--scrub', '1M'], 'USAGE', /--hold/],
  [['a', '--hold', '--scrub', 'fast'], 'USAGE', /--scrub/],
  [['a', '--secret-file', 'f', '--root-key-file', 'g'], 'USAGE', /not both/],
])('%j is refused', (args, code, message) => {
  expect(() => readSealRequest(args)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});
