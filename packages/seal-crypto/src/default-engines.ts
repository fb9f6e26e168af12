import { DigestEngines } from './digest-engines.js';
import { javascriptEngine } from './javascript-engine.js';
import { nobleEngine } from './noble-engine.js';

/** The engines that run everywhere: this package's own BLAKE3, then noble for everything. */
export function defaultEngines(): DigestEngines {
  return new DigestEngines([javascriptEngine, nobleEngine]);
}
