import { DIGEST_MODULE } from './digest-module.js';

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

/** The part of WebAssembly that is used. The library's types have it only together with those of browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/**
 * Compiles and starts the module.
 *
 * @throws whatever the runtime throws if it has no WebAssembly, or none with vectors of 128 bits, or if a content
 *   security policy forbids it.
 */
export function instantiateDigests(): DigestExports {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) throw new Error('This runtime has no WebAssembly');
  const module = new WebAssembly.Module(
    Uint8Array.from(atob(DIGEST_MODULE), (character) => character.charCodeAt(0)),
  );
  return new WebAssembly.Instance(module).exports as DigestExports;
}
