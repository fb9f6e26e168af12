import { toHex } from '../bytes.js';
import { AuditError } from '../errors.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import { nodeHashes } from '../node/node-hashes.js';
import {
  type InclusionProof,
  type ProvenRecord,
  parseInclusionProof,
  verifyRecord,
} from '../proof/inclusion-proof.js';
import { visible } from '../visible.js';
import type { Command } from './command.js';
import { explain, explanationLine } from './explain.js';
import { givenVerifierKey } from './given-keys.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { readGivenFile, readGivenText } from './read-given-file.js';
import { recordLine } from './record-line.js';
import { UsageError } from './usage-error.js';

/** The proof was checked and does not hold. */
const DOES_NOT_HOLD = 10;

export const verifyProofCommand: Command = {
  usage: 'verify-proof FILE --record FILE --vkey STRING|FILE [--json]',
  help: `Checks a proof of \`audit-chain prove\`: that the holder of the key signed a log with this record in it.

  --record FILE   the record's exact line, as it lies in its segment
  --vkey K        the log's verifier key, or a file with it, from someone you trust
  --json          {"holds","code","seq","origin","tree_size","root_hash"}

Exit codes: 0 the proof holds; 10 it does not; 2 it cannot be read.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      record: { type: 'string' },
      vkey: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const file = onlyPositional(positionals, 'a file with a proof');
  if (values.record === undefined)
    throw new UsageError('Expected --record with the file of the record’s line');
  if (values.vkey === undefined)
    throw new UsageError('Expected --vkey with the log’s verifier key or its file');
  const proof = await readProof(file);
  const line = await readGivenFile(values.record);
  const vkey = await givenVerifierKey(values.vkey);
  parseVerifierKey(vkey); // a key that is none makes no proof wrong
  let proven: ProvenRecord;
  try {
    proven = verifyRecord(proof, line, vkey, nodeHashes);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    io.error(explanationLine(explain(error)));
    if (values.json) io.out(asJson(proof, error));
    return DOES_NOT_HOLD;
  }
  io.out(values.json ? asJson(proof, proven) : forPeople(proven));
  return 0;
}

function forPeople({ record, checkpoint: { origin, treeSize } }: ProvenRecord): string {
  const claim = `PROVEN: record ${record.seq} is among the ${treeSize} records that ${visible(origin)} signed for.`;
  return `${claim}\n${recordLine(record)}\n`;
}

function asJson({ index: seq }: InclusionProof, outcome: ProvenRecord | AuditError): string {
  const failure = outcome instanceof AuditError ? outcome : undefined;
  const checkpoint = outcome instanceof AuditError ? undefined : outcome.checkpoint;
  const document = {
    holds: failure === undefined,
    code: failure?.code ?? null,
    seq,
    origin: checkpoint?.origin ?? null,
    tree_size: checkpoint?.treeSize ?? null,
    root_hash: checkpoint === undefined ? null : toHex(checkpoint.rootHash),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What is no proof at all was not checked: that is unreadable input, not a proof that does not hold. */
async function readProof(file: string): Promise<InclusionProof> {
  const text = await readGivenText(file);
  try {
    return parseInclusionProof(text);
  } catch (cause) {
    throw new AuditError('INVALID_SOURCE', `${file} is not a proof of the form of C2SP tlog-proof`, {
      cause,
    });
  }
}
