// @ts-check
// `node packages/audit-chain/bench/durable.mjs [--small]`: durable records per second, against pino and one fdatasync each.
import { closeSync, fdatasyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';
import { emitDurably, event, openAuditLog } from './support/audit-log.mjs';

const ROUNDS = 5;

await benchmark('Durable records per second', async ({ small, scratch }) => {
  const records = small ? 1000 : 100_000;
  const alone = small ? 20 : 1000;
  const dir = join(scratch, 'audit');
  const auditLog = await openAuditLog(dir);
  const destination = pino.destination({ dest: join(scratch, 'pino.ndjson'), sync: false });
  const logger = pino(destination);
  const members = { event_type: event.type, severity: event.severity, ...event.members };
  const file = openSync(join(scratch, 'one-by-one.ndjson'), 'w');

  await emitDurably(auditLog, 1000);
  const segment = join(dir, 'segment-00000000000000000000.ndjson');
  const line = readFileSync(segment).subarray(0, Math.round(statSync(segment).size / 1001));
  const seconds = await fastest(small ? 1 : ROUNDS, {
    audit: () => emitDurably(auditLog, records),
    async pino() {
      for (let i = 0; i < records; i++) logger.info(members);
      await new Promise((resolve) => logger.flush(resolve));
    },
    oneByOne() {
      for (let i = 0; i < alone; i++) {
        writeSync(file, line);
        fdatasyncSync(file);
      }
    },
  });
  closeSync(file);
  destination.end();
  await auditLog.close();

  const rate = records / seconds.audit;
  const pinoRate = records / seconds.pino;
  const aloneRate = alone / seconds.oneByOne;
  return [
    {
      what: `group commit, records of ${line.length} bytes`,
      measured: rate,
      unit: 'records/s',
      against: 'pino, asynchronous, which syncs nothing',
      baseline: pinoRate,
      target: {
        text: 'at least 100,000/s and 0.5 x pino',
        reached: rate >= 100_000 && rate >= 0.5 * pinoRate,
      },
    },
    {
      what: `group commit, records of ${line.length} bytes`,
      measured: rate,
      unit: 'records/s',
      against: 'one fdatasync for each record',
      baseline: aloneRate,
      target: { text: 'at least 30 x', reached: rate >= 30 * aloneRate },
    },
  ];
});
