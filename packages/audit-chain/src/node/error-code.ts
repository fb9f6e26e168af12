/** The code that Node gives an error of the operating system, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** ` (ENOSPC)` or the like for messages: what failed, of what the operating system said, and no more. */
export function systemCode(error: unknown): string {
  const code = errorCode(error);
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? ` (${code})` : '';
}

/** Whether the operating system refused because there is no room: on the disk, or in what this user may fill of it. */
export function isDiskFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
