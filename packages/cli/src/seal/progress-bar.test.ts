import { expect, test } from 'vitest';
import { ProgressBar } from './progress-bar.js';

function bar(file: string, showsProgress = true) {
  const written: string[] = [];
  return { written, bar: new ProgressBar({ showsProgress, error: (text) => written.push(text) }, file) };
}

test('rewrites one line, and leaves it empty', () => {
  const { written, bar: progress } = bar('/models/model.bin');
  progress.show({ phase: 'loading', loadedBytes: 1, totalBytes: 2 });
  progress.show({ phase: 'digesting', loadedBytes: 2, totalBytes: 2 });
  progress.clear();
  expect(written).toEqual([
    `\r${'[###############...............]  50 % loading model.bin'.padEnd(79)}`,
    `\r${'[##############################] 100 % digesting model.bin'.padEnd(79)}`,
    `\r${' '.repeat(79)}\r`,
  ]);
});

test('writes only what changed, and nothing where nothing was shown', () => {
  const { written, bar: progress } = bar('model.bin');
  progress.clear();
  for (let loadedBytes = 0; loadedBytes <= 1000; loadedBytes++) {
    progress.show({ phase: 'loading', loadedBytes, totalBytes: 100_000 });
  }
  expect(written).toHaveLength(2);
});

test('is silent where nobody watches', () => {
  const { written, bar: progress } = bar('model.bin', false);
  progress.show({ phase: 'loading', loadedBytes: 1, totalBytes: 2 });
  progress.clear();
  expect(written).toEqual([]);
});

test('keeps to its line, whatever the file is called', () => {
  const { written, bar: progress } = bar(`\u001b[2J\n${'n'.repeat(200)}`);
  progress.show({ phase: 'digesting', loadedBytes: 2, totalBytes: 2 });
  expect(written[0]?.slice(1)).toMatch(/^\P{Cc}{79}$/u);
  expect(written[0]).toContain('\\u{1b}[2J\\u{a}nnn');
});
