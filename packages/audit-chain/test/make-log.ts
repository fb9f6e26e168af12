import { toHex, utf8 } from '../src/bytes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { encodeIdentity } from '../src/identity.js';
import type { JsonValue } from '../src/json/profile.js';
import { deriveRootKey, epochMacKey, nextEpochSecret } from '../src/keys/epoch-keys.js';
import { LocalSigner } from '../src/keys/signing-key.js';
import { formatVerifierKey, makeVerifierKey } from '../src/keys/verifier-key.js';
import { CompactTree } from '../src/merkle/compact-tree.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { checkpointMessage, formatCheckpoint } from '../src/note/checkpoint.js';
import { encodeMembers, encodeRecord, withoutLf } from '../src/record/encode.js';
import { type Severity, ZERO_HASH } from '../src/record/record.js';
import { segmentName } from '../src/segment-name.js';
import { formatTimestamp } from '../src/timestamp.js';

/** One step in the life of a log. `rotate` writes the checkpoint and the `segment_opened` that go with it. */
export type Step =
  | 'event'
  | 'checkpoint'
  | 'rotate'
  | 'reopen'
  | 'close'
  | {
      readonly type: string;
      readonly members: Readonly<Record<string, JsonValue>>;
      readonly severity?: Severity;
    };

export interface MadeLog {
  readonly files: Map<string, Uint8Array>;
  readonly origin: string;
  readonly vkey: string;
  /** Every line, without its LF. */
  readonly lines: readonly Uint8Array[];
  /** Every checkpoint's note, in order. */
  readonly notes: readonly string[];
}

export const SECRET = 'a secret of sixteen bytes or more';
const START_MICROS = 1_767_323_045_000_006;

export interface MakeLogOptions {
  readonly workerId?: string;
  /** Seed byte of the signing key. */
  readonly seed?: number;
}

/** Makes a sound log, always the same for the same steps, from the format's primitives. */
export function makeLog(
  steps: readonly Step[],
  { workerId = 'gpu-0', seed = 7 }: MakeLogOptions = {},
): MadeLog {
  const origin = `vram-residency/${workerId}/0123456789abcdef`;
  const signer = new LocalSigner(new Uint8Array(32).fill(seed));
  const key = makeVerifierKey(origin, signer.publicKey);
  const vkey = formatVerifierKey(key);
  const tree = new CompactTree(hashes);
  const lines: Uint8Array[] = [];
  const notes: string[] = [];
  const segments: { readonly firstSeq: number; readonly lines: Uint8Array[] }[] = [
    { firstSeq: 0, lines: [] },
  ];
  let secret = deriveRootKey(SECRET, origin);
  let epoch = 0;
  let prev = ZERO_HASH;

  const write = (
    eventType: string,
    members: Readonly<Record<string, JsonValue>> = {},
    severity: Severity = 'INFO',
  ): void => {
    const seq = tree.size;
    const moves =
      (notes.length > 0 && endsWithCheckpoint ? 1 : 0) + (eventType === 'log_opened' && seq > 0 ? 1 : 0);
    for (let i = 0; i < moves; i++) secret = nextEpochSecret(hashes, secret);
    epoch += moves;
    endsWithCheckpoint = eventType === 'checkpoint';
    const body = {
      seq,
      timestamp: formatTimestamp(START_MICROS + seq * 1_500_000),
      eventType,
      severity,
      workerId,
      membersJson: encodeMembers(members),
      epoch,
      prev,
    };
    const line = encodeRecord(body, epochMacKey(hashes, secret));
    const leaf = leafHash(hashes, withoutLf(line));
    tree.append(leaf);
    prev = toHex(leaf);
    lines.push(withoutLf(line));
    segments.at(-1)?.lines.push(line);
  };
  let endsWithCheckpoint = false;
  const opened = (reason: string): void =>
    write('log_opened', { reason, origin, vkey, root_kind: 'secret', discarded_bytes: 0 });
  const checkpoint = (): void => {
    const stated = { origin, treeSize: tree.size, rootHash: tree.root() };
    const note = formatCheckpoint(stated, key, signer.sign(checkpointMessage(stated)));
    notes.push(note);
    write('checkpoint', { tree_size: stated.treeSize, note });
  };

  opened('created');
  for (const step of steps) {
    if (step === 'event') write('something_happened', { n: tree.size, shard_id: `shard-${tree.size % 3}` });
    else if (step === 'checkpoint') checkpoint();
    else if (step === 'reopen') opened('resumed');
    else if (step === 'close') {
      write('log_closed');
      checkpoint();
    } else if (step === 'rotate') {
      checkpoint();
      segments.push({ firstSeq: tree.size, lines: [] });
      write('segment_opened', { frontier: tree.frontier.map(toHex) });
    } else write(step.type, step.members, step.severity);
  }

  const files = new Map<string, Uint8Array>([
    ['log.json', encodeIdentity({ origin, workerId, createdAt: formatTimestamp(START_MICROS), vkey })],
    ...segments.map(({ firstSeq, lines }) => [segmentName(firstSeq), Buffer.concat(lines)] as const),
  ]);
  const [newest] = notes.slice(-1);
  if (newest !== undefined) files.set('checkpoint', utf8(newest));
  return { files, origin, vkey, lines, notes };
}
