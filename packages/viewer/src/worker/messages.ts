import type { VerificationResult } from '@vram-residency/audit-chain';
import type { IndexedLog } from '../log/index-log.js';

/** Keys and checkpoints that someone gave beside the log. */
export interface GivenKeys {
  readonly vkey?: string;
  /** 64 hex digits. */
  readonly rootKey?: string;
  readonly anchors: readonly string[];
}

/** What a worker is asked for; each does one task and ends. */
export type Task =
  | { readonly kind: 'index'; readonly files: readonly File[] }
  | { readonly kind: 'verify'; readonly files: readonly File[]; readonly keys: GivenKeys }
  | { readonly kind: 'search'; readonly files: readonly File[]; readonly text: string }
  | { readonly kind: 'prove'; readonly files: readonly File[]; readonly seq: number; readonly vkey?: string };

/** What it answers, by task. */
export interface Answers {
  readonly index: IndexedLog & { readonly contents: readonly Blob[]; readonly engine: string };
  readonly verify: VerificationResult;
  readonly search: Uint32Array<ArrayBuffer>;
  /** The proof as text. */
  readonly prove: string;
}

export type Answer =
  | { readonly progress: number }
  | { readonly done: Answers[Task['kind']] }
  | { readonly failure: { readonly message: string; readonly remedy: string | undefined } };
