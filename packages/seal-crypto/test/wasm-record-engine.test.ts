import { sha256 } from '@noble/hashes/sha2.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { describeRecordEngine } from '../../audit-chain/test/record-engine-conformance.js';
import { vectorSegments } from '../../audit-chain/test/record-lines.js';
import { describeVerification } from '../../audit-chain/test/verification-conformance.js';
import type { RecordEngine } from '../src/record-engine.js';
import { instantiate } from '../src/wasm/instantiate.js';
import { RECORD_MODULE } from '../src/wasm/record-module.js';
import { type RecordExports, WasmRecordEngine, wasmRecordEngine } from '../src/wasm/wasm-record-engine.js';

describeRecordEngine(() => wasmRecordEngine() as RecordEngine);
describeVerification(() => wasmRecordEngine() as RecordEngine);

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Whether some bytes stand anywhere in the module's memory, its stack included. */
function holds(exports: RecordExports, bytes: Uint8Array): boolean {
  return Buffer.from(exports.memory.buffer).includes(Buffer.from(bytes));
}

/** SHA-256 after one block, as the module would hold it: words of 32 bits, little-endian. */
function stateAfter(block: Uint8Array): Uint8Array {
  const hash = sha256.create().update(block) as unknown as { get(): number[] };
  return new Uint8Array(Uint32Array.from(hash.get()).buffer);
}

describe('memory', () => {
  const [segment] = vectorSegments() as [Uint8Array];
  const key = Uint8Array.from({ length: 32 }, (_, i) => 255 - 3 * i);

  test('holds neither a key nor what was made of it, once MACs are there', () => {
    const exports = instantiate(RECORD_MODULE) as RecordExports;
    const engine = new WasmRecordEngine(exports);
    const { count } = engine.scan(segment);
    engine.macs(key, 0, count);
    const padded = (value: number): Uint8Array => {
      const block = new Uint8Array(64).fill(value);
      for (const [i, byte] of key.entries()) block[i] = byte ^ value;
      return block;
    };
    expect(holds(exports, segment)).toBe(true);
    for (const secret of [key, padded(0x36).subarray(0, 32), padded(0x5c).subarray(0, 32)]) {
      expect(holds(exports, secret)).toBe(false);
    }
    for (const value of [0x36, 0x5c]) expect(holds(exports, stateAfter(padded(value)))).toBe(false);
  });

  test('holds nothing of a batch after a wipe, and does not grow', () => {
    const exports = instantiate(RECORD_MODULE) as RecordExports;
    const engine = new WasmRecordEngine(exports);
    const sizeBytes = exports.memory.buffer.byteLength;
    engine.scan(segment);
    const leaf = engine.leafHashes().slice(0, 32);
    engine.wipe();
    expect(holds(exports, segment.subarray(0, 64))).toBe(false);
    expect(holds(exports, leaf)).toBe(false);
    expect(exports.memory.buffer.byteLength).toBe(sizeBytes);
    expect(sizeBytes).toBeLessThan(7 * 2 ** 20);
  });
});

test('where WebAssembly may not run there is no engine', () => {
  vi.stubGlobal('WebAssembly', undefined);
  expect(wasmRecordEngine()).toBeUndefined();
});
