import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { SimulatedLife } from './simulation/simulated-life.js';
import { newSeed } from './torture.js';

// Random lives of a log against the simplest account of it (test/simulation/log-model.ts). Nothing in them is left to the
// machine: time, randomness, the order of what is asynchronous, what fails, and what a crash leaves follow from the seed.
//
//   pnpm simulate --seed N --minutes M

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const drawn = vi.hoisted(() => ({ count: 0 }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const randomBytes = (size: number): Buffer => {
    const digest = crypto
      .createHash('sha256')
      .update(String(drawn.count++))
      .digest();
    return Buffer.alloc(size, digest);
  };
  return { ...crypto, randomBytes };
});

const SECONDS = Number(process.env['AUDIT_CHAIN_SIMULATION_SECONDS'] ?? 30);
/** How much of what happened before a failure is shown. */
const MAX_SHOWN = 60;
const { now } = performance;

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});
beforeEach(() => vi.clearAllTimers());
afterAll(() => vi.useRealTimers());

async function live(seed: number): Promise<SimulatedLife> {
  drawn.count = 0;
  vi.clearAllTimers();
  const life = new SimulatedLife(seed);
  await life.live().catch((cause: unknown) => {
    const shown = life.trace.slice(-MAX_SHOWN).join('\n');
    throw new Error(`seed ${seed}, after\n${shown}\n${cause}`, { cause });
  });
  return life;
}

const digest = (trace: readonly string[]): string =>
  createHash('sha256').update(trace.join('\n')).digest('hex');

test('a life comes again with its seed', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const [first, second] = [await live(seed), await live(seed)];
    expect(digest(second.trace)).toBe(digest(first.trace));
  }
});

test(
  `whatever a log lives through, for ${SECONDS} s: nothing acknowledged is lost, it verifies, and a writer goes on with it`,
  async () => {
    const end = now.call(performance) + SECONDS * 1000;
    const first = newSeed();
    let lives = 0;
    let acknowledged = 0;
    let operations = 0;
    for (; now.call(performance) < end; lives++) {
      const life = await live((first + lives) % 2 ** 32);
      acknowledged += life.model.acknowledged;
      operations += life.trace.length;
    }
    console.log(
      `${lives} lives from seed ${first}: ${operations} operations, ${acknowledged} records acknowledged`,
    );
    expect(acknowledged).toBeGreaterThan(0);
  },
  SECONDS * 1000 + 300_000,
);
