import { parseVerifierKey } from '@vram-residency/audit-chain';

const MAX_KEY_FILE_BYTES = 65_536;
const LOG_FILE = /^(?:log\.json|checkpoint|segment-\d{20}\.ndjson(?:\.gz|\.zst)?)$/;
/** What only a log has; a checkpoint that comes alone was kept elsewhere. */
const LOG_ONLY = /^(?:segment-|log\.json$)/;

/** What a text is that someone gave beside a log. */
export type GivenText = { readonly kind: 'vkey' | 'rootKey' | 'anchor'; readonly text: string };

/** Files, sorted by what they are. */
export interface GivenFiles {
  /** The files of a log; empty where neither log.json nor a segment is there. */
  readonly log: readonly File[];
  readonly texts: readonly GivenText[];
  /** Number of files that are neither. */
  readonly ignored: number;
}

/** Sorts files: those of a log by their names, keys and checkpoints by what is in them. */
export async function sortFiles(files: readonly File[]): Promise<GivenFiles> {
  const named = files.filter(({ name }) => LOG_FILE.test(name));
  const log = named.some(({ name }) => LOG_ONLY.test(name)) ? named : [];
  const texts: GivenText[] = [];
  let ignored = 0;
  for (const file of files) {
    if (log.includes(file)) continue;
    const given = file.size > MAX_KEY_FILE_BYTES ? undefined : recognise(await file.text());
    if (given === undefined) ignored++;
    else texts.push(given);
  }
  return { log, texts, ignored };
}

/** Tells a verifier key, a root key and a checkpoint apart. */
export function recognise(text: string): GivenText | undefined {
  const line = text.trim();
  if (/^[0-9a-f]{64}$/.test(line)) return { kind: 'rootKey', text: line };
  if (/\n\n— /.test(text)) return { kind: 'anchor', text };
  try {
    parseVerifierKey(line);
    return { kind: 'vkey', text: line };
  } catch {
    return undefined;
  }
}
