import { build, type Rolldown } from 'vite';

/** One file of JavaScript for browsers, and the files that it was made from. */
export interface Bundle {
  readonly code: string;
  readonly modules: readonly string[];
}

/**
 * Bundles a module with everything that it imports and exports, as Vite does it for browsers.
 *
 * @param entry path of the module
 */
export async function bundle(entry: string): Promise<Bundle> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['es'], fileName: 'bundle' } },
  });
  const chunks = (built as Rolldown.RolldownOutput[]).flatMap(({ output }) => output);
  const [chunk] = chunks;
  if (chunk?.type !== 'chunk' || chunks.length > 1) throw new Error('Expected one file of JavaScript');
  return { code: chunk.code, modules: chunk.moduleIds };
}
