import { bytesCases } from './bytes-cases.js';
import { concurrencyCases } from './concurrency-cases.js';
import { digestCases } from './digest-cases.js';
import { factsCases } from './facts-cases.js';
import { lifetimeCases } from './lifetime-cases.js';
import { loadCases } from './load-cases.js';
import { memoryCases } from './memory-cases.js';
import { protectionCases } from './protection-cases.js';
import { secrecyCases } from './secrecy-cases.js';
import { sharingCases } from './sharing-cases.js';
import type { ConformanceCase } from './subject.js';

/** Every promise of the contract, as a case. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...factsCases,
  ...bytesCases,
  ...loadCases,
  ...digestCases,
  ...protectionCases,
  ...lifetimeCases,
  ...memoryCases,
  ...concurrencyCases,
  ...sharingCases,
  ...secrecyCases,
];
