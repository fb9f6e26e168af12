import { DIGEST_ALGORITHMS } from '../algorithms.js';
import { mapChunks } from '../chunks.js';
import type { ChunkDigester, DigestEngine } from '../engine.js';
import { WasmDigests } from './wasm-digests.js';
import { instantiateDigests } from './wasm-instance.js';

let digests: WasmDigests | undefined;
let failed = false;

/** One instance for each realm, started at its first use. */
function started(): WasmDigests {
  digests ??= new WasmDigests(instantiateDigests());
  return digests;
}

function chunkDigester(algorithm: 'blake3' | 'sha256-fsverity'): ChunkDigester {
  return (bytes, firstChunk) => {
    const nodes = mapChunks(bytes, firstChunk, (chunk, number) =>
      started().chunkNode(algorithm, chunk, number),
    );
    started().wipeInput();
    return nodes;
  };
}

/**
 * The native core's hash source as WebAssembly with vectors of 128 bits: four lanes at a time, in 768 KiB that do
 * not grow. Runs in every runtime that has those (Node, browsers since 2023, Deno, Bun), unless a content security
 * policy forbids WebAssembly.
 */
export const wasmEngine: DigestEngine = {
  name: 'wasm',
  algorithms: DIGEST_ALGORITHMS,
  isAvailable() {
    if (failed) return false;
    try {
      started();
    } catch {
      failed = true;
    }
    return !failed;
  },
  createHasher: (algorithm) => started().createHasher(algorithm),
  chunkDigests: {
    blake3: chunkDigester('blake3'),
    'sha256-fsverity': chunkDigester('sha256-fsverity'),
  },
};
