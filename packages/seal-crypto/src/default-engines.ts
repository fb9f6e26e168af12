import { DigestEngines } from './digest-engines.js';
import { nobleEngine } from './noble-engine.js';

/** What runs everywhere: noble alone. `seal-crypto/node` has a faster set. */
export function defaultEngines(): DigestEngines {
  return new DigestEngines([nobleEngine]);
}
