import { expect, test } from 'vitest';
import { runProgram } from './support.js';

test('a manager that was dropped unclosed is closed when the garbage collector finds it, and recorded as leaked', () => {
  expect(runProgram('dropped-manager.mjs', '--expose-gc')).toEqual({
    whileAShardIsHeld: { allocations: 2 },
    afterAllWasDropped: { allocations: 0 },
    deallocated: [
      { shard_id: 'a', reason: 'leaked', zeroed: true },
      { shard_id: 'b', reason: 'leaked', zeroed: true },
    ],
  });
});
