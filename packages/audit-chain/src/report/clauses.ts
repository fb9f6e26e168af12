import { counted } from '../counted.js';
import type { Report } from './report.js';

/** One clause of a norm beside one log. It is no judgement of the clause: that takes people and more than a log. */
export interface ClauseReport {
  readonly norm: string;
  readonly clause: string;
  readonly asks: string;
  readonly evidences: readonly string[];
  readonly does_not: readonly string[];
}

export type Facts = Omit<Report, 'clauses'>;

/** Per clause what it asks, in our words, what the log evidences, and what it does not. */
export function clausesFor(facts: Facts): readonly ClauseReport[] {
  const integrity = integrityOf(facts);
  const { verification, shards, incidents, severities, anchors, retention, gaps } = facts;
  const sealed = shards.listed.length + shards.more;
  const verifications = verification.events['seal_verified'] ?? 0;
  const failures = verification.events['seal_verification_failed'] ?? 0;
  const seals = `Recorded as held in device memory, with digest, device and worker: ${counted(sealed, 'shard')} of models.`;
  const checks = `${counted(verifications, 'record')} of verified seals, ${failures} of failed ones.`;
  const critical = `Recorded as CRITICAL: ${severities.CRITICAL}; as WARNING: ${severities.WARNING}; listed in this report: ${incidents.listed.length}.`;
  const range =
    facts.range.first_timestamp === null
      ? 'No record is there.'
      : `Records from ${facts.range.first_timestamp} to ${facts.range.last_timestamp}, by the worker’s clock.`;
  const clauses = [
    {
      norm: 'GDPR (Regulation (EU) 2016/679)',
      clause: 'Art. 30',
      asks: 'A written record of processing activities: purposes, categories of people and data, recipients, transfers, time limits, security measures.',
      evidences: [`Technical measures (Art. 30(1)(g)): ${seals}`, integrity],
      does_not: [
        'Purposes, categories of people and of personal data, recipients, transfers and erasure limits: none of them is in this log.',
        'That personal data was, or was not, processed.',
      ],
    },
    {
      norm: 'SOC 2 (AICPA Trust Services Criteria 2017)',
      clause: 'CC6.1',
      asks: 'Logical access security over protected information assets.',
      evidences: [seals, checks],
      does_not: [
        'Who may log in to the worker, and how access is granted and taken away.',
        'Access to model files before they are loaded.',
      ],
    },
    {
      norm: 'SOC 2 (AICPA Trust Services Criteria 2017)',
      clause: 'CC7.2',
      asks: 'Monitoring of system components for anomalies that indicate malicious acts, natural disasters and errors.',
      evidences: [critical, checks],
      does_not: [
        'That anybody looked at these records, or acted on them.',
        'Anomalies outside the worker’s device memory.',
      ],
    },
    {
      norm: 'ISO/IEC 27001:2022',
      clause: 'A.8.15 (formerly A.12.4.1)',
      asks: 'Logs that record activities, exceptions, faults and other relevant events are produced, stored, protected and analysed.',
      evidences: [range, critical, integrity],
      does_not: [
        'That the log was analysed.',
        `Events that were never written; ${counted(gaps.events_dropped, 'event')} were dropped by the worker’s own account.`,
      ],
    },
    {
      norm: 'EU AI Act (Regulation (EU) 2024/1689)',
      clause: 'Art. 12',
      asks: 'High-risk AI systems technically allow events to be recorded automatically over their lifetime, for traceability.',
      evidences: [range, seals],
      does_not: [
        'Inputs, outputs and uses of the system, and the people involved (Art. 12(3), for the systems it names).',
        retention.pruned.length === 0
          ? 'How long logs are kept.'
          : `How long logs are kept: ${counted(retention.pruned.length, 'record')} of pruning stand in this one.`,
      ],
    },
    {
      norm: 'NIST SP 800-53 Rev. 5',
      clause: 'AU-9(3)',
      asks: 'Cryptographic mechanisms protect the integrity of audit information and audit tools.',
      evidences: [
        integrity,
        'The log carries a SHA-256 chain, HMAC-SHA256 under an evolving key, and Ed25519-signed Merkle checkpoints.',
      ],
      does_not: [
        anchors.given === 0
          ? 'That the newest records were not removed together with the file checkpoint: no checkpoint kept elsewhere was given.'
          : `That nothing was removed after the newest of the ${counted(anchors.given, 'checkpoint')} given.`,
        'Integrity of the programs that wrote and that verified the log.',
      ],
    },
  ];
  // Of files that somebody changed nothing is evidence but the change.
  return verification.status === 'tampered'
    ? clauses.map((clause) => ({ ...clause, evidences: [integrity] }))
    : clauses;
}

function integrityOf({ verification: { status, mac, key_source: source, tail } }: Facts): string {
  const key =
    source === 'given' ? 'a key that the verifier was given' : 'the log’s own key, which nobody vouched for';
  const macs = mac === 'not_checked' ? 'MACs were not checked' : `MACs ${mac}`;
  const said = {
    verified: 'The records verify: none was changed, removed, inserted or reordered',
    tampered:
      'The records do NOT verify: something was changed, removed, inserted or reordered; what they state is evidence of nothing',
    rolled_back: 'The newest records are GONE that a signed checkpoint covers',
    incomplete: 'Nothing wrong was found, but not everything could be checked',
  }[status];
  return `${said} (checkpoints judged by ${key}; ${macs}; newest records under no checkpoint: ${tail}).`;
}
