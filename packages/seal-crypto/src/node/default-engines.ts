import { DigestEngines } from '../digest-engines.js';
import type { DigestEngine } from '../engine.js';
import { javascriptEngine } from '../javascript-engine.js';
import { nobleEngine } from '../noble-engine.js';
import { wasmEngine } from '../wasm/wasm-engine.js';
import { nodeEngine } from './node-engine.js';

/**
 * The engines of a Node process: node:crypto for SHA-256 and fs-verity, then those of every runtime.
 *
 * @param preferred Engines that are asked before all others, such as `nativeEngine` of
 *   `@vram-residency/cuda-backend`: this package imports no native code.
 */
export function defaultEngines(...preferred: readonly DigestEngine[]): DigestEngines {
  return new DigestEngines([...preferred, nodeEngine, wasmEngine, javascriptEngine, nobleEngine]);
}
