import { toHex, utf8 } from '../src/bytes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import type { JsonValue } from '../src/json/profile.js';
import { deriveRootKey, epochMacKey, nextEpochSecret } from '../src/keys/epoch-keys.js';
import type { LocalSigner } from '../src/keys/signing-key.js';
import { parseVerifierKey } from '../src/keys/verifier-key.js';
import { CompactTree } from '../src/merkle/compact-tree.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { checkpointMessage, formatCheckpoint } from '../src/note/checkpoint.js';
import { encodeMembers, encodeRecord, withoutLf } from '../src/record/encode.js';
import { type Severity, ZERO_HASH } from '../src/record/record.js';
import { segmentName } from '../src/segment-name.js';
import { type MadeLog, SECRET } from './make-log.js';

/** What a thief has. */
export interface Loot {
  /** The oldest epoch whose secret is known; those after it follow from it. */
  readonly fromEpoch?: number;
  readonly signer?: LocalSigner;
}

type Members = Readonly<Record<string, JsonValue>>;

/**
 * The log of one segment as a thief would rewrite it: records changed, chained anew, and MACed and signed as far as the
 * loot allows.
 */
export function forge(
  log: MadeLog,
  change: (members: Members, seq: number) => Members,
  { fromEpoch = Number.POSITIVE_INFINITY, signer }: Loot,
): Map<string, Uint8Array> {
  const key = parseVerifierKey(log.vkey);
  const tree = new CompactTree(hashes);
  const lines: Uint8Array[] = [];
  const files = new Map(log.files);
  let prev = ZERO_HASH;
  for (const original of log.lines) {
    const record = JSON.parse(Buffer.from(original).toString()) as Members;
    const { seq, timestamp, event_type, severity, worker_id, epoch, prev: _prev, mac, ...members } = record;
    let changed = change(members, Number(seq));
    if (event_type === 'checkpoint' && signer !== undefined) {
      const stated = { origin: log.origin, treeSize: tree.size, rootHash: tree.root() };
      const note = formatCheckpoint(stated, key, signer.sign(checkpointMessage(stated)));
      changed = { ...changed, note };
      files.set('checkpoint', utf8(note));
    }
    const line = encodeRecord(
      {
        seq: Number(seq),
        timestamp: String(timestamp),
        eventType: String(event_type),
        severity: severity as Severity,
        workerId: String(worker_id),
        membersJson: encodeMembers(changed),
        epoch: Number(epoch),
        prev,
      },
      epochMacKey(hashes, epochSecret(log.origin, Number(epoch))),
    );
    if (Number(epoch) < fromEpoch) line.set(utf8(String(mac)), line.length - 3 - 64);
    const leaf = leafHash(hashes, withoutLf(line));
    tree.append(leaf);
    prev = toHex(leaf);
    lines.push(line);
  }
  return files.set(segmentName(0), Buffer.concat(lines));
}

function epochSecret(origin: string, epoch: number): Uint8Array {
  let secret = deriveRootKey(SECRET, origin);
  for (let i = 0; i < epoch; i++) secret = nextEpochSecret(hashes, secret);
  return secret;
}
