import { fromUtf8, toBase64 } from '../../bytes.js';
import { AuditError } from '../../errors.js';
import { type CosignerKey, isOfCosigner, parseCosignerKey } from '../../keys/cosigner-key.js';
import { cosignatureOf } from '../../note/cosignature.js';
import { parseNote } from '../../note/signed-note.js';
import { systemCode } from '../error-code.js';
import { type Anchor, type AnchorOptions, anchorSettings, type PublishedCheckpoint } from './anchor.js';
import { conflict } from './assert-extends.js';

/** Longest answer that is read: a few signature lines. */
const MAX_ANSWER_BYTES = 65_536;
/** Most consistency proof lines of a request (C2SP tlog-witness). */
const MAX_PROOF_HASHES = 63;
/** Others may submit the log’s checkpoints too: so often the size that the witness is at is asked for again. */
const MAX_REQUESTS = 3;
const SIZE_TYPE = 'text/x.tlog.size';

/**
 * A witness that speaks C2SP tlog-witness over HTTP: it checks that every checkpoint continues the one before, and
 * cosigns it. Its cosignatures are checked and kept in the file `checkpoint`. Belongs to one log.
 *
 * @param url the submission prefix, http or https: requests go to `<url>/add-checkpoint`
 * @param vkey the witness's C2SP verifier key (cosignature/v1, Ed25519)
 * @throws {@link AuditError} `INVALID_KEY`
 * @throws TypeError or RangeError for an address or options that make no sense
 */
export function witnessAnchor(url: string, vkey: string, options: AnchorOptions = {}): Anchor {
  const endpoint = `${submissionPrefix(url)}/add-checkpoint`;
  const key = parseCosignerKey(vkey);
  /** Of the tree that it cosigned last, as far as is known: it says so itself where that is wrong. */
  let knownSize = 0;
  return {
    name: key.name,
    ...anchorSettings(options),
    async publish(checkpoint, signal) {
      // Larger only if the log went back: the witness then says what it knows.
      if (knownSize > checkpoint.treeSize) knownSize = 0;
      for (let request = 0; request < MAX_REQUESTS; request++) {
        const answer = await post(endpoint, await requestBody(checkpoint, knownSize, signal), signal);
        if (answer.status === 200) {
          const lines = cosignatureLines(checkpoint, answer.text, key);
          knownSize = checkpoint.treeSize;
          return lines;
        }
        knownSize = sizeAfterRefusal(answer, checkpoint, knownSize);
      }
      throw failed('goes from one tree size to another');
    },
  };
}

function submissionPrefix(url: string): string {
  const { protocol, username, password, search, hash, origin, pathname } = new URL(url);
  if (!['http:', 'https:'].includes(protocol) || [username, password, search, hash].some((part) => part)) {
    throw new TypeError('Expected the address of a witness: http or https, without credentials and query');
  }
  return origin + pathname.replace(/\/+$/, '');
}

async function requestBody(
  checkpoint: PublishedCheckpoint,
  olderSize: number,
  signal: AbortSignal,
): Promise<string> {
  const proof = olderSize === 0 ? [] : await checkpoint.proveFrom(olderSize, signal);
  if (proof.length > MAX_PROOF_HASHES) throw failed('cannot take a proof of so many hashes');
  return `${[`old ${olderSize}`, ...proof.map(toBase64)].join('\n')}\n\n${checkpoint.note}`;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function post(endpoint: string, body: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(endpoint, { method: 'POST', body, signal, redirect: 'error' });
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    return { status: response.status, type: type.trim(), text: await boundedText(response) };
  } catch (cause) {
    if (cause instanceof AuditError) throw cause;
    throw failed(`cannot be reached${systemCode((cause as Error).cause)}`, cause);
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  const body = response.body as AsyncIterable<Uint8Array> | null;
  for await (const part of body ?? []) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_ANSWER_BYTES) throw failed(`answers with more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return fromUtf8(Buffer.concat(parts)) ?? '';
}

/** The lines of the witness's own key, once its cosignature is found valid; others are ignored. */
function cosignatureLines({ note }: PublishedCheckpoint, lines: string, key: CosignerKey): string {
  try {
    const end = note.lastIndexOf('\n\n') + 2;
    const answer = parseNote(note.slice(0, end) + lines);
    if (cosignatureOf(answer, key) === undefined) throw failed('gave no valid cosignature of its key');
    const index = answer.signatures.findIndex((signature) => isOfCosigner(signature, key));
    return `${lines.split('\n')[index]}\n`;
  } catch (cause) {
    if (cause instanceof AuditError && cause.code === 'ANCHOR_FAILED') throw cause;
    throw failed('answers with something other than signature lines', cause);
  }
}

/** Of the tree that the witness cosigned last, by its own word. */
function sizeAfterRefusal(
  { status, type, text }: Answer,
  { treeSize }: PublishedCheckpoint,
  sentSize: number,
): number {
  switch (status) {
    case 403:
      throw failed('does not trust the key of this log (403)');
    case 404:
      throw failed('does not know this log (404)');
    case 409:
      break;
    case 422:
      throw conflict(`The witness cosigned ${sentSize} records that are not the log’s`);
    default:
      throw failed(`answers with status ${status}`);
  }
  const size = Number(text);
  if (type !== SIZE_TYPE || !/^(0|[1-9][0-9]*)\n$/.test(text) || !Number.isSafeInteger(size)) {
    throw failed('answers to a conflict without its tree size');
  }
  if (size > treeSize) throw conflict(`The witness cosigned ${size} records, the log has ${treeSize}`);
  if (size === sentSize) throw conflict(`The witness cosigned ${size} records that are not the log’s`);
  return size;
}

function failed(why: string, cause?: unknown): AuditError {
  return new AuditError('ANCHOR_FAILED', `The witness ${why}`, { cause });
}
