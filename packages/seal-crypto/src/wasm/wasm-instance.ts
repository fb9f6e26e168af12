import { DIGEST_MODULE } from './digest-module.js';
import { instantiate } from './instantiate.js';

/** What the module exports; see `native/wasm/digest_module.cpp`. Numbers are addresses, sizes and statuses. */
export interface DigestExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly input: () => number;
  readonly output: () => number;
  readonly state: () => number;
  readonly stateBytes: () => number;
  readonly begin: (algorithm: number) => number;
  readonly update: (sizeBytes: number) => number;
  readonly finish: () => number;
  readonly wipe: () => number;
  readonly chunkNode: (algorithm: number, sizeBytes: number, chunk: number) => number;
}

/** Compiles and starts the module. Throws as {@link instantiate} does. */
export function instantiateDigests(): DigestExports {
  return instantiate(DIGEST_MODULE) as DigestExports;
}
