import { hkdfSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Worker } from './worker.js';

/** Bytes that must be shown nowhere, and what they are. */
export interface Secret {
  readonly what: string;
  readonly bytes: Buffer;
}

const derive = (secret: string | Uint8Array, salt: string, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, 32));

/** A worker's token, its auditor's secret, and every key made of them or kept beside the log. */
export async function secretsOf(worker: Worker): Promise<Secret[]> {
  const { id, token, secret, log } = worker;
  const keyDir = `${log.dir}.keys`;
  const state = JSON.parse(await readFile(join(keyDir, 'key.state'), 'utf8')) as { readonly secret: string };
  const [, , , , ...key] = (await readFile(join(keyDir, 'signing.key'), 'utf8')).trim().split('+');
  return [
    { what: `token of ${id}`, bytes: Buffer.from(token) },
    { what: `seal key of ${id}`, bytes: derive(token, 'vram-residency/seal/v1', id) },
    { what: `auditor's secret of ${id}`, bytes: Buffer.from(secret) },
    { what: `root key of ${id}`, bytes: derive(secret, 'vram-residency/audit/v1', log.origin) },
    { what: `epoch secret of ${id}`, bytes: Buffer.from(state.secret, 'hex') },
    // The first byte says what kind of key it is.
    { what: `signing key of ${id}`, bytes: Buffer.from(key.join('+'), 'base64').subarray(1) },
  ];
}

/** Everything that a scenario's workers showed, as text: errors, notices, objects, and the files of their logs. */
export async function textsShown(
  errors: readonly unknown[],
  workers: readonly Worker[],
): Promise<readonly string[]> {
  const values = workers.flatMap(({ log, manager, notices, reported, shards }) => [
    ...[log, manager, manager.metrics()],
    ...[...notices, ...reported, ...shards],
  ]);
  const files = workers.map(({ logDir }) => readFiles(logDir));
  return [...[...errors, ...values].flatMap(textsOf), ...(await Promise.all(files)).flat()];
}

/** Whether a text holds a secret: as it is, in hex, or in base64, alone or amid other bytes. */
export function holds(text: string, { bytes }: Secret): boolean {
  const base64 = [0, 1, 2].map((bytesBefore) => base64Amid(bytes, bytesBefore));
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const forms = [bytes.toString('latin1'), bytes.toString('hex'), ...base64, ...base64url];
  const lowered = text.toLowerCase();
  return forms.some((form) => lowered.includes(form.toLowerCase()));
}

/** The characters that bytes alone decide in a base64 text which holds that many bytes (modulo 3) before them. */
function base64Amid(bytes: Buffer, bytesBefore: number): string {
  const text = Buffer.concat([Buffer.alloc(bytesBefore), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const isWhole = (bytesBefore + bytes.length) % 3 === 0;
  return text.slice(Math.ceil((bytesBefore * 8) / 6), isWhole ? undefined : -1);
}

/** The files of a folder, each byte as one character. */
export async function readFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
}

/** Every way in which a value becomes text. */
function textsOf(value: unknown): string[] {
  const texts = [inspect(value), inspect(value, { depth: 10, showHidden: true }), String(value)];
  return [...texts, value instanceof Error ? String(value.stack) : '', JSON.stringify(value) ?? ''];
}
