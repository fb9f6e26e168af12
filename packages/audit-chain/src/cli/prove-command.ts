import { fromUtf8 } from '../bytes.js';
import { nodeHashes } from '../node/node-hashes.js';
import { openLog } from '../node/open-log.js';
import { formatInclusionProof } from '../proof/inclusion-proof.js';
import { proveInclusion } from '../proof/prove.js';
import type { Command } from './command.js';
import { givenVerifierKey } from './given-keys.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const proveCommand: Command = {
  usage: 'prove LOG --seq N [--vkey STRING|FILE] [--json]',
  help: `Prints a proof (C2SP tlog-proof) that the newest checkpoint covers record N. Whoever checks it needs the proof, the
record's exact line, and the verifier key, but not the log:

  audit-chain prove LOG --seq 7 > 7.tlog-proof
  grep -h '^{"seq":7,' LOG/segment-*.ndjson > 7.record
  audit-chain verify-proof 7.tlog-proof --record 7.record --vkey worker.vkey

  --seq N    the record's sequence number
  --vkey K   the key of the checkpoint, or a file with it; default: the log's own
  --json     {"seq","proof","record"}: the proof and the record's exact line as strings

Exit codes: 0 proven; 10 the log is not what its checkpoint states; 11 no checkpoint covers the record yet, or it is gone.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      seq: { type: 'string' },
      vkey: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const log = onlyPositional(positionals, 'a log');
  const seq = sequenceNumber(values.seq);
  const vkey = values.vkey === undefined ? {} : { vkey: await givenVerifierKey(values.vkey) };
  const { proof, line } = await proveInclusion(await openLog(log), seq, { ...vkey, hashes: nodeHashes });
  const text = formatInclusionProof(proof);
  io.out(values.json ? `${JSON.stringify({ seq, proof: text, record: fromUtf8(line) }, null, 2)}\n` : text);
  return 0;
}

function sequenceNumber(text: string | undefined): number {
  const seq = Number(text);
  if (text === undefined || !/^[0-9]+$/.test(text) || !Number.isSafeInteger(seq)) {
    throw new UsageError('Expected --seq with the sequence number of a record');
  }
  return seq;
}
