import { hkdfSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'vitest';
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

/** Looks for secrets in everything that a scenario's workers showed: errors, notices, objects, and the log's files. */
export async function assertNothingShown(
  secrets: readonly Secret[],
  shown: { readonly errors: readonly unknown[]; readonly workers: readonly Worker[] },
): Promise<void> {
  const values = shown.workers.flatMap(({ log, manager, notices, reported, shards }) => [
    ...[log, manager, manager.metrics()],
    ...[...notices, ...reported, ...shards],
  ]);
  for (const value of [...shown.errors, ...values]) {
    for (const text of textsOf(value)) assertHoldsNone(secrets, text, 'what a worker shows');
  }
  for (const { logDir } of shown.workers) {
    for (const file of await readdir(logDir)) {
      assertHoldsNone(secrets, (await readFile(join(logDir, file))).toString('latin1'), file);
    }
  }
}

/** The forms of a secret that a text could hold: as it is, in hex, and in base64. */
export function formsOf({ bytes }: Secret): readonly string[] {
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [bytes.toString('latin1'), bytes.toString('hex'), base64, bytes.toString('base64url')];
}

/** Every way in which a value becomes text. */
function textsOf(value: unknown): string[] {
  const texts = [inspect(value), inspect(value, { depth: 10, showHidden: true }), String(value)];
  return [...texts, value instanceof Error ? String(value.stack) : '', JSON.stringify(value) ?? ''];
}

function assertHoldsNone(secrets: readonly Secret[], text: string, where: string): void {
  const lowered = text.toLowerCase();
  for (const secret of secrets) {
    expect(secret.bytes.length, secret.what).toBeGreaterThanOrEqual(16);
    const shown = formsOf(secret).some((form) => lowered.includes(form.toLowerCase()));
    expect(shown, `the ${secret.what} is shown in ${where}`).toBe(false);
  }
}
