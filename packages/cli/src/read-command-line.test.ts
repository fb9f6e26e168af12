import { expect, test } from 'vitest';
import { readCommandLine } from './read-command-line.js';

const OPTIONS = { digest: { type: 'string' }, json: { type: 'boolean' } } as const;
const read = (...args: string[]) => readCommandLine('seal', args, OPTIONS);

test('reads options wherever they stand, and nothing but files after --', () => {
  expect(read('a', '--digest=blake3', 'b', '--json')).toEqual({
    values: { digest: 'blake3', json: true },
    positionals: ['a', 'b'],
  });
  expect(read('--', '--json', '-')).toEqual({ values: {}, positionals: ['--json', '-'] });
});

test.each([
  [['--nonsense'], "Unknown option '--nonsense'"],
  [['-x'], "Unknown option '-x'"],
  [['--digest'], "Option '--digest <value>' argument missing"],
  [['--digest', '--json'], "Option '--digest' argument is ambiguous"],
  [['--json=yes'], "Option '--json' does not take an argument"],
  [['--digest', 'a', '--digest', 'b'], 'Option --digest was given twice'],
  [['--json', '--json'], 'Option --json was given twice'],
])('%j is refused in one sentence', (args, message) => {
  expect(() => read(...args)).toThrow(
    expect.objectContaining({ code: 'USAGE', message, help: 'vram-residency seal --help' }),
  );
});

test('does not repeat what was given as the value of an unknown option', () => {
  expect(() => read('--token=hunter2')).toThrow(
    expect.objectContaining({ message: "Unknown option '--token'" }),
  );
});
