import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Addon } from './addon.js';

/** The addon of this very repository, where it was built. */
const LOCAL_BUILD = '../build/Release/vram_residency_cuda.node';

/** The package that has the addon for this machine, if there is one. */
const PLATFORM_PACKAGE = `@vram-residency/cuda-backend-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;

/** The addon could not be loaded: every attempt, and why it failed. */
export class AddonMissingError extends Error {
  override readonly name = 'AddonMissingError';
  readonly attempts: readonly { readonly what: string; readonly cause: unknown }[];

  constructor(attempts: readonly { readonly what: string; readonly cause: unknown }[]) {
    const causes = attempts.map(({ what, cause }) => `${what}: ${firstLine(cause)}`);
    super(`The CUDA addon could not be loaded: ${causes.join('; ')}`);
    this.attempts = attempts;
  }
}

/**
 * Loads the addon: the local build of the repository, then the package for this platform.
 *
 * @throws AddonMissingError
 */
export function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const attempts: { what: string; cause: unknown }[] = [];
  const local = fileURLToPath(new URL(LOCAL_BUILD, import.meta.url));
  const candidates = [
    { what: 'local build', load: () => requireFile(require, local) },
    { what: PLATFORM_PACKAGE, load: () => require(PLATFORM_PACKAGE) as Addon },
  ];
  for (const { what, load } of candidates) {
    try {
      return load();
    } catch (cause) {
      attempts.push({ what, cause });
    }
  }
  throw new AddonMissingError(attempts);
}

let known: Addon | null | undefined;

/** The addon, loaded once, or `undefined` where it cannot be: for what has a fallback. */
export function addonIfThere(): Addon | undefined {
  if (known === undefined) {
    try {
      known = loadAddon();
    } catch (error) {
      if (!(error instanceof AddonMissingError)) throw error;
      known = null;
    }
  }
  return known ?? undefined;
}

function requireFile(require: NodeJS.Require, path: string): Addon {
  if (!existsSync(path)) throw new Error('it was not built');
  return require(path) as Addon;
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0] as string;
}
