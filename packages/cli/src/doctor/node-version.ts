/**
 * Whether a version of Node is at least the least one of a range.
 *
 * @param version such as `v20.19.0`
 * @param range `>=MAJOR.MINOR`
 */
export function isSupportedNode(version: string, range: string): boolean {
  const [major, minor] = numbers(version);
  const [leastMajor, leastMinor] = numbers(range);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function numbers(text: string): [major: number, minor: number] {
  const found = /^\D*(\d+)\.(\d+)/.exec(text);
  if (found === null) throw new RangeError(`Expected a version but received ${text}`);
  return [Number(found[1]), Number(found[2])];
}
