const VERSION_PATTERN = /^\d{1,9}(\.\d{1,9}){0,3}$/;

/** Whether a text is up to four numbers between dots, such as a compute capability or a driver's version. */
export function isVersion(text: string | undefined): text is string {
  return text !== undefined && VERSION_PATTERN.test(text);
}

/** Whether one version is lower than another, number by number; a number that is not there is 0. */
export function isLowerVersion(one: string, other: string): boolean {
  const left = one.split('.').map(Number);
  const right = other.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
