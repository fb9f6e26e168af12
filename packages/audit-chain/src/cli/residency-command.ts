import { counted } from '../counted.js';
import { openLog } from '../node/open-log.js';
import { type ResidencyAnswer, type ResidentShard, residencyAt } from '../report/residency-at.js';
import { toJson, type VerificationResult } from '../verify/verification-result.js';
import { verifyLog } from '../verify/verify-log.js';
import { visible } from '../visible.js';
import type { Command } from './command.js';
import { describeVerification } from './describe-verification.js';
import {
  givenVerification,
  VERIFICATION_HELP,
  VERIFICATION_OPTIONS,
  VERIFICATION_USAGE,
} from './given-verification.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const residencyCommand: Command = {
  usage: `residency LOG --at T ${VERIFICATION_USAGE} [--json]`,
  help: `Tells which models were in device memory at a time: sealed when and by whom, last verified when and how, ended how.
The log is verified as well, and the answer says what that came to: records that do not verify prove nothing.

  --at T              UTC, such as 2026-01-02T03:04:05Z; 2026-01-02 is the first moment of that day
${VERIFICATION_HELP}  --json              {"at","first_timestamp","last_timestamp","begins_later","shards","untracked","verification"}

A shard ends \`ended_unclean\` if the worker opened the log anew and nothing before says that the memory was given back.
The exit code is that of the verification: 0 verified; 10 tampered or forked; 12 rolled back; 11 not everything could be
checked, as without a key.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: { ...VERIFICATION_OPTIONS, at: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const log = onlyPositional(positionals, 'a log');
  if (values.at === undefined) throw new UsageError('Expected --at with a UTC time');
  const source = await openLog(log);
  const verification = await verifyLog(source, await givenVerification(values, io));
  // What a live writer added since is not verified.
  const answer = await residencyAt(source, values.at, { lastSeq: verification.lastSeq });
  if (values.json) {
    io.out(`${JSON.stringify({ ...answer, verification: toJson(verification) }, null, 2)}\n`);
  } else {
    io.out(describeAnswer(answer, verification));
    io.out(`\nHow far that can be trusted:\n${describeVerification(log, verification)}`);
  }
  return verification.exitCode;
}

function describeAnswer(answer: ResidencyAnswer, { closed }: VerificationResult): string {
  const { at, shards, first_timestamp: first, last_timestamp: last } = answer;
  const models = new Set(shards.map(({ model_ref: model }) => model));
  const lines = [
    shards.length === 0
      ? `At ${at} no shard was resident, as the log has it.`
      : `At ${at} ${counted(shards.length, 'shard')} of ${counted(models.size, 'model')} ${shards.length === 1 ? 'was' : 'were'} resident, as the log has it.`,
  ];
  for (const model of models) {
    lines.push('', model === null ? 'Model without a name' : `Model ${quoted(model)}`);
    lines.push(...shards.filter(({ model_ref: of }) => of === model).flatMap(describeShard));
  }
  const notes = [
    ...(first !== null && at < first ? [`The log begins later than that, at ${first}.`] : []),
    ...(last !== null && at > last
      ? [
          `The log ends earlier than that, at ${last}${closed ? ', closed in order' : ''}: what came after it is not known.`,
        ]
      : []),
    ...(answer.begins_later
      ? [
          'The oldest records are gone: shards that were sealed in them, and of which no later record speaks, are not told.',
        ]
      : []),
    ...(answer.untracked > 0 ? [`${counted(answer.untracked, 'more seal')} could not be followed.`] : []),
  ];
  return `${[...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
}

function describeShard(shard: ResidentShard): string[] {
  const {
    shard_index: index,
    total_shards: total,
    sealed,
    last_verified: verified,
    last_failure: failed,
    ended,
  } = shard;
  const part = index === null || total === null ? '' : ` (${index + 1} of ${total})`;
  const size = shard.vram_bytes === null ? '' : `, ${shard.vram_bytes} bytes`;
  const device = shard.gpu_device === null ? '' : ` on device ${shard.gpu_device}`;
  const facts = [
    ['digest', shard.digest === null ? 'not known' : `${word(shard.digest_algorithm)}:${word(shard.digest)}`],
    [
      'sealed',
      sealed === null
        ? 'before the first record that is left'
        : `${sealed.at} by worker ${word(sealed.worker_id)}${sealed.actor === null ? '' : ` for ${quoted(sealed.actor)}`} (record ${sealed.seq})`,
    ],
    [
      'last verified',
      verified === null
        ? 'not since it was sealed, up to that time'
        : `${verified.at}, mode ${word(verified.mode)}, ${verified.bytes_verified ?? 'unknown'} bytes (record ${verified.seq})`,
    ],
    ...(failed === null
      ? []
      : [
          [
            'FAILED',
            `${failed.at}, ${word(failed.reason)} (record ${failed.seq}): its content was not what was sealed, or not known`,
          ],
        ]),
    ['ended', ended === null ? 'no record says that it ended' : describeEnd(ended)],
  ];
  const doubt = shard.certain ? '' : ' - NOT CERTAIN: no record shows that it was there at that very time';
  return [
    `  ${word(shard.shard_id)}${part}${device}${size}${shard.simulated ? ', SIMULATED device' : ''}${doubt}`,
    ...facts.map(([name = '', text]) => `    ${name.padEnd(14)}${text}`),
  ];
}

function describeEnd({
  at,
  seq,
  reason,
  last_known_at: lastKnown,
}: NonNullable<ResidentShard['ended']>): string {
  if (reason !== 'ended_unclean') return `${at}, ${word(reason)} (record ${seq})`;
  const when = `some time from ${lastKnown} to ${at}`;
  return `${when}, ended_unclean: the log was opened anew (record ${seq}), and no release was recorded before`;
}

function word(text: string | null): string {
  return text === null ? 'unknown' : visible(text);
}

function quoted(text: string): string {
  return visible(JSON.stringify(text));
}
