import { expect, test } from 'vitest';
import { testReadmeExamples } from '../../../scripts/lib/readme-examples.js';
import { readmeTable } from '../../../scripts/lib/readme-table.js';
import { DEVICE_ERROR_CODES, DeviceError, type DeviceErrorCode } from '../src/device-error.js';

const readme = new URL('../README.md', import.meta.url);

testReadmeExamples(readme);

test('the table of errors names every code, and what is retriable', () => {
  const rows = readmeTable(readme, 'Errors').map(([code, retriable]) => [code, retriable]);
  const codes = Object.keys(DEVICE_ERROR_CODES) as DeviceErrorCode[];
  expect(rows).toEqual(
    codes.map((code) => [`\`${code}\``, new DeviceError(code, '').retriable ? 'yes' : 'no']),
  );
});
