import { DigestEngines } from '../digest-engines.js';
import { javascriptEngine } from '../javascript-engine.js';
import { nobleEngine } from '../noble-engine.js';
import { wasmEngine } from '../wasm/wasm-engine.js';
import { nodeEngine } from './node-engine.js';

/** The engines of a Node process: node:crypto for SHA-256 and fs-verity, then those of every runtime. */
export function defaultEngines(): DigestEngines {
  return new DigestEngines([nodeEngine, wasmEngine, javascriptEngine, nobleEngine]);
}
