/** How often something is done: a number that suits every run of the tests, or the large one of `pnpm torture`. */
export function timesOf(usual: number, torture: number): number {
  return process.env['AUDIT_CHAIN_TORTURE'] === undefined ? usual : torture;
}
