/** The part of WebAssembly that is used. The library's types have it only together with those of browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/**
 * Compiles and starts a module that is given in base64.
 *
 * @throws whatever the runtime throws if it has no WebAssembly, or none with vectors of 128 bits, or if a content
 *   security policy forbids it.
 */
export function instantiate(base64: string): object {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) throw new Error('This runtime has no WebAssembly');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}
