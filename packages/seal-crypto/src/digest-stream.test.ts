import { describe, expect, test } from 'vitest';
import { pattern } from '../test/vectors.js';
import { defaultEngines } from './default-engines.js';
import { DigestEngines } from './digest-engines.js';
import type { ByteSource } from './digest-stream.js';
import { javascriptEngine } from './javascript-engine.js';

const engines = defaultEngines();
const bytes = pattern(100_000);
const expected = { digest: engines.digest('sha256', bytes), sizeBytes: bytes.length };

function* pieces(size = 1000): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function* asyncPieces(): AsyncGenerator<Uint8Array> {
  yield* pieces();
}

/** A web stream where streams are not async iterable. */
function oldStream(): ByteSource {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  return { getReader: () => stream.getReader() };
}

test.each<[string, () => ByteSource]>([
  ['an iterable', () => pieces()],
  ['an array', () => [bytes]],
  ['an async iterable', () => asyncPieces()],
  ['a web stream', () => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()],
  ['a web stream that is not iterable', oldStream],
])('%s', async (_, source) => {
  expect(await engines.digestStream('sha256', source())).toEqual(expected);
});

test('nothing has the digest of nothing', async () => {
  expect(await engines.digestStream('blake3', [])).toEqual({
    digest: engines.digest('blake3', new Uint8Array(0)),
    sizeBytes: 0,
  });
});

test('progress is told after each piece', async () => {
  const told: number[] = [];
  await engines.digestStream('sha256', pieces(40_000), { onProgress: (doneBytes) => told.push(doneBytes) });
  expect(told).toEqual([40_000, 80_000, 100_000]);
});

test('the event loop runs while much is hashed', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await new DigestEngines([javascriptEngine]).digestStream('blake3', [pattern(2 ** 25)]);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

describe('the source is ended', () => {
  function watched(): { source: AsyncGenerator<Uint8Array>; ended: Promise<true> } {
    let end: (value: true) => void = () => undefined;
    const ended = new Promise<true>((resolve) => {
      end = resolve;
    });
    const source = (async function* () {
      try {
        for (;;) yield* pieces();
      } finally {
        end(true);
      }
    })();
    return { source, ended };
  }

  test('when the signal is aborted', async () => {
    const { source, ended } = watched();
    const controller = new AbortController();
    const reason = new Error('enough');
    const digest = engines.digestStream('sha256', source, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(digest).rejects.toBe(reason);
    expect(await ended).toBe(true);
  });

  test('when onProgress throws', async () => {
    const { source, ended } = watched();
    const failure = new Error('no more');
    const onProgress = () => {
      throw failure;
    };
    await expect(engines.digestStream('sha256', source, { onProgress })).rejects.toBe(failure);
    expect(await ended).toBe(true);
  });

  test('when it gives something else than bytes', async () => {
    await expect(engines.digestStream('sha256', ['text'] as unknown as ByteSource)).rejects.toThrow(
      TypeError,
    );
  });
});

test('a source that never gives its next piece does not hold up an abort', async () => {
  const controller = new AbortController();
  const stuck: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const digest = engines.digestStream('sha256', stuck, { signal: controller.signal });
  controller.abort();
  await expect(digest).rejects.toHaveProperty('name', 'AbortError');
});

test('a signal that is aborted already reads nothing', async () => {
  const source = pieces();
  await expect(
    engines.digestStream('sha256', source, { signal: AbortSignal.abort() }),
  ).rejects.toHaveProperty('name', 'AbortError');
  expect(source.next().done).toBe(true);
});

test('what the source throws is passed on', async () => {
  const failure = new Error('gone');
  const source = (async function* () {
    yield bytes;
    throw failure;
  })();
  await expect(engines.digestStream('sha256', source)).rejects.toBe(failure);
});
