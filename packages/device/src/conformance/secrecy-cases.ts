import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ConformanceCase } from './subject.js';
import { deviceCase, filled } from './support.js';

export const secrecyCases: readonly ConformanceCase[] = [
  deviceCase('no object of the contract shows an address', async (device, { backend }) => {
    const { allocation } = await filled(device, 4099, 91);
    const { sizeBytes, allocatedBytes } = allocation;
    const memory = await device.memory();
    const known = knownNumbers([device.facts, allocation.facts, memory, { sizeBytes, allocatedBytes }]);
    const objects = [backend, device, allocation, allocation.facts, device.facts, allocation.external];
    for (const object of objects) assertNoAddress(object, known);
    await allocation.protect();
    const errors = await Promise.all([
      allocation.read(0, 4100).catch((error: unknown) => error),
      allocation.write(0, new Uint8Array(1)).catch((error: unknown) => error),
      device.allocate(Number.MAX_SAFE_INTEGER).catch((error: unknown) => error),
    ]);
    for (const error of errors) assertNoAddress(String(error), known.add(String(Number.MAX_SAFE_INTEGER)));
    await allocation.free();
    assertNoAddress(await allocation.read(0, 1).catch(String), known);
  }),
  deviceCase('no object of the contract shows bytes of the model', async (device) => {
    const allocation = await device.allocate(64);
    await allocation.write(0, Buffer.from('a secret weight '.repeat(4)));
    for (const object of [device, allocation]) {
      for (const shown of texts(object)) assert.doesNotMatch(shown, /secret|115, 101, 99|73 65 63/);
    }
  }),
];

/** Everything that a log or a debugger prints of a value. */
function texts(value: unknown): string[] {
  const json = JSON.stringify(value) ?? '';
  return [json, inspect(value, { showHidden: true, depth: 8, getters: true }), String(value)];
}

/** An address is a hexadecimal number, the content of a bare External, or a long number that nobody knows. */
function assertNoAddress(value: unknown, known: ReadonlySet<string>): void {
  for (const text of texts(value)) {
    assert.doesNotMatch(text, /\b0x[0-9a-f]{5,}/i);
    assert.doesNotMatch(text, /External: *[0-9a-f]+/i);
    for (const number of text.match(/\d{9,}n?/g) ?? []) {
      assert.ok(known.has(number), 'a long number that is no size is shown');
    }
  }
}

/** The long numbers that objects of the contract may show: sizes, and what names and versions contain. */
function knownNumbers(sources: readonly object[]): Set<string> {
  const values = sources.flatMap((source) => Object.values(source)).map(String);
  return new Set(values.flatMap((value) => value.match(/\d{9,}/g) ?? []));
}
