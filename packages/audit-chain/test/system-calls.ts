import { spawnSync } from 'node:child_process';

/** Why no process can be traced here. */
export function whyNoTracing(): string | undefined {
  const { error, status } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : 'strace may not trace processes here';
}

/** What comes before a record of a new log is durable. */
export const DURABLE_RECORD: readonly string[] = [
  'create the segment',
  'write record 0',
  'fdatasync the segment',
  'fsync the directory',
  'say: the log is open',
  'write record 1',
  'fdatasync the segment',
  'say: record 1 is durable',
];

/** What the system was asked to do for a log, in words. */
export function stepsOf(trace: string): string[] {
  return callsOf(trace).flatMap((call) => {
    const failed = / = -1 E\w+/.test(call) ? ', failed' : '';
    const step = STEPS.map(([pattern, words]) => pattern.exec(call) && call.replace(pattern, words));
    return step.filter((words) => words !== null).map((words) => `${words}${failed}`);
  });
}

const STEPS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^openat\(.*\/segment-\d{20}\.ndjson", O_RDWR\|O_CREAT.*/, 'create the segment'],
  [/^pwrite64\(\d+<.*\/segment-\d{20}\.ndjson>, "\{\\"seq\\":(\d+),.*/, 'write record $1'],
  [/^fdatasync\(\d+<.*\/segment-\d{20}\.ndjson>\).*/, 'fdatasync the segment'],
  [/^fsync\(\d+<.*\/log>\).*/, 'fsync the directory'],
  [/^write\(1<.*>, "(.*)\\n", \d+.*/, 'say: $1'],
];

/** System calls in the order in which they ended; one that others interrupted is put together again. */
function callsOf(trace: string): string[] {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [, pid = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, beginning] = /^(.*) <unfinished \.\.\.>$/.exec(call) ?? [];
    const [, end] = /^<\.\.\. \w+ resumed>(.*)$/.exec(call) ?? [];
    // What is said counts from its beginning: what ends later did not come before it.
    if (beginning?.startsWith('write(1<')) return [beginning];
    if (beginning !== undefined) begun.set(pid, beginning);
    else return [end === undefined ? call : `${begun.get(pid) ?? ''}${end}`];
    return [];
  });
}
