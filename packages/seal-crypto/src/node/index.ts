import { DigestEngines } from '../digest-engines.js';
import { nobleEngine } from '../noble-engine.js';
import { nodeEngine } from './node-engine.js';

export { digestFile } from './digest-file.js';
export { nodeEngine };

/** node:crypto for SHA-256 and fs-verity, noble for the rest. */
export function defaultEngines(): DigestEngines {
  return new DigestEngines([nodeEngine, nobleEngine]);
}
