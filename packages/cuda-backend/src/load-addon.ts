import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Addon } from './addon.js';
import { platformName } from './platform-name.js';

/** The addon of this very repository, where it was built. */
const LOCAL_BUILD = '../build/Release/vram_residency_cuda.node';

/** The platforms that there is a package with a compiled addon for. */
const PLATFORMS = ['linux-x64-gnu'];

/** What an addon of this version has. */
const FUNCTIONS = Object.keys({
  openDriver: true,
  devices: true,
  openDevice: true,
  submit: true,
  cancel: true,
  isValid: true,
  setValid: true,
  createHasher: true,
  updateHasher: true,
  finishHasher: true,
  wipeHasher: true,
  chunkNodes: true,
  digestFile: true,
  scanRecords: true,
  leafHashes: true,
  recordMacs: true,
  recordMismatch: true,
  merkleLevel: true,
} satisfies Record<keyof Addon, true>) as readonly (keyof Addon)[];

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
  const platform = platformName();
  const packageName = `@vram-residency/cuda-backend-${platform}`;
  const attempts: { what: string; cause: unknown }[] = [];
  const candidates = [
    { what: 'local build', load: () => requireLocalBuild(require) },
    { what: packageName, load: () => requirePackage(require, packageName, platform) },
  ];
  for (const { what, load } of candidates) {
    try {
      return checked(load());
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

function requireLocalBuild(require: NodeJS.Require): unknown {
  const path = fileURLToPath(new URL(LOCAL_BUILD, import.meta.url));
  if (!existsSync(path)) throw new Error('it was not built');
  return require(path);
}

function requirePackage(require: NodeJS.Require, name: string, platform: string): unknown {
  if (!PLATFORMS.includes(platform)) {
    throw new Error(`there is no such package; there are addons for ${PLATFORMS.join(', ')}`);
  }
  try {
    return require(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error('it is not installed; were optional dependencies left out?', { cause: error });
  }
}

/** A file of another version may load and then lack what is called. */
function checked(loaded: unknown): Addon {
  const functions = Object(loaded) as Partial<Record<string, unknown>>;
  const missing = FUNCTIONS.filter((name) => typeof functions[name] !== 'function');
  if (missing.length > 0) throw new Error(`it is of another version: it has no ${missing.join(', ')}`);
  return loaded as Addon;
}

/** Node adds to a missing module everything that required it. */
function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0] as string;
}
