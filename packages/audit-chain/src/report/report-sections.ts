import { counted } from '../counted.js';
import { DEFECT_REASONS } from '../verify/defect.js';
import type { Report } from './report.js';
import type { ShardResidency } from './shard-residency.js';

/** A part of a report for people: a title, sentences, and perhaps a table. Text is as it came: whoever shows it escapes it. */
export interface ReportSection {
  readonly title: string;
  readonly lines: readonly string[];
}

const STATUS = {
  verified: 'VERIFIED: nothing was changed, removed or added.',
  tampered:
    'TAMPERED: this is not what the worker wrote. What follows is what the files say now, and proves nothing.',
  rolled_back:
    'ROLLED BACK: records at the end are gone that a checkpoint knows of. What follows is what is left.',
  incomplete: 'INCOMPLETE: nothing wrong was found, but not everything could be checked.',
} as const;

/** The report in words, the verdict first. */
export function reportSections(report: Report): readonly ReportSection[] {
  const { verification: v, range, severities, gaps, keys, anchors, retention, incidents, shards } = report;
  const newest = anchors.newest_checkpoint;
  return [
    {
      title: 'Verdict',
      lines: [
        STATUS[v.status],
        ...v.defects.slice(0, 20).map(({ reason, segment, line, detail }) => {
          const place = segment === null ? '' : ` in ${segment}, line ${line}`;
          return `${reason}${place}: ${detail}. ${DEFECT_REASONS[reason]}`;
        }),
        ...(v.defects.length > 20
          ? [`and ${v.defects.length - 20} more; audit-chain verify lists them`]
          : []),
      ],
    },
    {
      title: 'Range',
      lines: [
        `Log ${v.origin ?? 'without a name'}, ${v.closed ? 'closed in order' : 'not closed: it is being written, or its end is missing'}.`,
        `${counted(v.records, 'record')}, numbers ${range.first_seq ?? 'none'} to ${range.last_seq ?? 'none'}, from ${range.first_timestamp ?? 'never'} to ${range.last_timestamp ?? 'never'} by the worker’s clock.`,
        `${counted(v.segments, 'segment')}, ${counted(v.checkpoints, 'checkpoint')}.`,
      ],
    },
    {
      title: 'Counts',
      lines: [
        `${severities.CRITICAL} CRITICAL, ${severities.WARNING} WARNING, ${severities.INFO} INFO.`,
        ...Object.entries(v.events)
          .slice(0, 100)
          .map(([type, count]) => `${count} ${type}`),
      ],
    },
    {
      title: 'Gaps',
      lines: [
        `${counted(gaps.events_dropped, 'event')} were dropped, by the worker’s own account.`,
        `${counted(gaps.openings, 'opening')}, ${gaps.recovered_openings} of them after a torn end; ${counted(gaps.clock_jumps, 'jump')} of the clock.`,
        `Newest records under no checkpoint: ${v.tail}.`,
        'Events that were never emitted leave no gap that a log could show.',
      ],
    },
    {
      title: 'Keys',
      lines: [
        keys.key_source === 'given'
          ? 'Checkpoints were judged by a verifier key that was given.'
          : 'Checkpoints were judged by the key that the log itself names: nobody vouched for it.',
        `The log names the key ${keys.vkey ?? 'nowhere in its records'}.`,
        `MACs: ${v.mac.replace('_', ' ')}; root key of the kind ${keys.root_kind ?? 'unknown'}.`,
      ],
    },
    {
      title: 'Anchors',
      lines: [
        `The log was compared with ${counted(anchors.given, 'checkpoint')} that were kept elsewhere.`,
        newest === null
          ? 'No checkpoint is among the records that are there.'
          : `Its newest checkpoint record covers the first ${newest.tree_size ?? '?'} records, ${newest.at}.`,
      ],
    },
    {
      title: 'Retention',
      lines: [
        ...retention.pruned.map(
          (p) => `Records ${p.first_seq ?? '?'} to ${p.last_seq ?? '?'} were removed, as recorded ${p.at}.`,
        ),
        ...(retention.pruned.length === 0 ? ['No removal of old records is recorded.'] : []),
        `${counted(retention.archived_segments, 'segment')} recorded as compressed.`,
      ],
    },
    {
      title: 'Incidents',
      lines: [
        ...(incidents.listed.length === 0 ? ['No CRITICAL or WARNING record.'] : []),
        ...incidents.listed.map(({ seq, timestamp, severity, event_type: type, members }) => {
          const told = Object.entries(members).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
          return `${timestamp} ${severity} ${type} (record ${seq})${told.join('')}`;
        }),
        ...(incidents.more > 0 ? [`and ${incidents.more} more`] : []),
      ],
    },
    {
      title: 'Models in device memory',
      lines: [
        ...(shards.listed.length === 0 ? ['No seal is recorded.'] : []),
        ...shards.listed.map(describeShard),
        ...(shards.more > 0 ? [`and ${shards.more} more`] : []),
      ],
    },
  ];
}

function describeShard({
  shard_id: id,
  model_ref: model,
  sealed,
  last_verified: verified,
  last_failure: failure,
  ended,
  simulated,
}: ShardResidency): string {
  const parts = [
    `${JSON.stringify(id)} of ${model === null ? 'a model without a name' : JSON.stringify(model)}${simulated ? ' on a SIMULATED device' : ''}`,
    sealed === null ? 'sealed before the first record left' : `sealed ${sealed.at}`,
    verified === null
      ? 'never verified since'
      : `last verified ${verified.at} (${verified.mode ?? 'unknown mode'}, ${verified.bytes_verified ?? 'unknown'} bytes)`,
    ...(failure === null ? [] : [`FAILED ${failure.at} (${failure.reason ?? 'unknown reason'})`]),
    ended === null ? 'no end recorded' : `ended ${ended.at} (${ended.reason ?? 'unknown reason'})`,
  ];
  return parts.join(', ');
}
