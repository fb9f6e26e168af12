import { DigestEngines } from './digest-engines.js';
import { javascriptEngine } from './javascript-engine.js';
import { nobleEngine } from './noble-engine.js';
import { wasmEngine } from './wasm/wasm-engine.js';

/** The engines of every runtime: WebAssembly where it may run, this package's own BLAKE3, noble for everything. */
export function defaultEngines(): DigestEngines {
  return new DigestEngines([wasmEngine, javascriptEngine, nobleEngine]);
}
