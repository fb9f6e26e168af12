import type { ManagerCore } from './manager-core.js';

/** Closes what is left of managers that were dropped unclosed. A safety net: when it acts, if ever, is not known. */
export const leaks: FinalizationRegistry<ManagerCore> = new FinalizationRegistry((core) => {
  core.close('leaked').catch((error: unknown) => core.report(error));
});
