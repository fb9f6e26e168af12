// @ts-check
// `node packages/audit-chain/bench/emit.mjs [--small]`: what a record costs whoever emits it, against pino.
import { join } from 'node:path';
import { pino } from 'pino';
import { benchmark } from '../../../scripts/lib/benchmark.mjs';
import { event, openAuditLog } from './support/audit-log.mjs';

/** Records between two pauses in which the writer gets its turn. */
const BURST = 500;
const WARM_UP_ROUNDS = 20;
/** Records per second, far above what a worker writes. */
const RATE = 10_000;

await benchmark('emit: time of the call on the event loop, microseconds', async ({ small, scratch }) => {
  const rounds = small ? 1 : 200;
  const auditLog = await openAuditLog(join(scratch, 'audit'));
  const destination = pino.destination({ dest: join(scratch, 'pino.ndjson'), sync: false });
  const logger = pino(destination);
  const flushed = () => new Promise((resolve) => logger.flush(resolve));
  const members = { event_type: event.type, severity: event.severity, ...event.members };

  /** @type {Record<'emit' | 'pino', { calls: number[], activeMs: number }>} */
  const measured = { emit: { calls: [], activeMs: 0 }, pino: { calls: [], activeMs: 0 } };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const byEmit = await burst(
      () => auditLog.emit(event),
      () => auditLog.flush(),
    );
    const byPino = await burst(() => logger.info(members), flushed);
    if (round < 0) continue;
    for (const [name, { calls, activeMs }] of /** @type {const} */ ([
      ['emit', byEmit],
      ['pino', byPino],
    ])) {
      measured[name].calls.push(...calls);
      measured[name].activeMs += activeMs;
    }
  }
  const seconds = small ? 0.1 : 5;
  const delayed = {
    idle: await delayAtRate(() => undefined, seconds),
    emit: await delayAtRate(() => auditLog.emit(event), seconds),
    pino: await delayAtRate(() => logger.info(members), seconds),
  };
  await auditLog.close();
  destination.end();

  const records = rounds * BURST;
  const [ofEmit, ofPino] = [measured.emit, measured.pino].map(({ calls, activeMs }) => {
    calls.sort((a, b) => a - b);
    return { median: at(calls, 0.5), p99: at(calls, 0.99), active: (activeMs / records) * 1000 };
  });
  if (ofEmit === undefined || ofPino === undefined) throw new Error('Nothing was measured');
  const compared = { unit: 'µs', against: 'pino, asynchronous' };
  return [
    {
      what: 'emit, median of the call',
      measured: ofEmit.median,
      ...compared,
      baseline: ofPino.median,
      target: { text: 'at most 5 µs', reached: ofEmit.median <= 5 },
    },
    {
      what: 'emit, 99th percentile of the call',
      measured: ofEmit.p99,
      ...compared,
      baseline: ofPino.p99,
      target: { text: 'at most 50 µs', reached: ofEmit.p99 <= 50 },
    },
    {
      what: 'event loop per record, hashing and writing included',
      measured: ofEmit.active,
      ...compared,
      baseline: ofPino.active,
    },
    {
      what: `how late the event loop is at ${RATE} durable records/s, 99th percentile`,
      measured: delayed.emit,
      ...compared,
      baseline: delayed.pino,
    },
    {
      what: `how late the event loop is at ${RATE} durable records/s, 99th percentile`,
      measured: delayed.emit,
      ...compared,
      against: 'an idle event loop',
      baseline: delayed.idle,
    },
  ];
});

/**
 * @param {() => unknown} call
 * @param {() => Promise<unknown>} settle
 */
async function burst(call, settle) {
  const calls = new Array(BURST);
  const before = performance.eventLoopUtilization();
  for (let i = 0; i < BURST; i++) {
    const began = performance.now();
    call();
    calls[i] = (performance.now() - began) * 1000;
  }
  await settle();
  return { calls, activeMs: performance.eventLoopUtilization(before).active };
}

/**
 * How late timers are while records come at {@link RATE}: what a worker that shares the event loop notices of the log.
 *
 * @param {() => unknown} call
 * @param {number} seconds
 * @returns {Promise<number>} microseconds, 99th percentile
 */
async function delayAtRate(call, seconds) {
  const late = [];
  const began = performance.now();
  let made = 0;
  for (let due = began + 1; due < began + seconds * 1000; due += 1) {
    while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
    late.push((performance.now() - due) * 1000);
    const wanted = ((due - began) / 1000) * RATE;
    for (; made < wanted; made++) call();
  }
  return at(
    late.sort((a, b) => a - b),
    0.99,
  );
}

/**
 * @param {readonly number[]} sorted
 * @param {number} share
 */
function at(sorted, share) {
  return sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
}
