import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { fromHex } from '../src/bytes.js';

const EVERYTHING = { depth: 12, showHidden: true, getters: true, maxArrayLength: 1000, maxStringLength: 1e6 };

/** Gathers secrets, and what was shown to people and machines; finds the ones in the other. */
export class SecretSearch {
  /** As bytes, by what they are. */
  readonly secrets = new Map<string, Uint8Array>();
  readonly shown: { readonly where: string; readonly text: string }[] = [];

  remember(name: string, secret: Uint8Array | string): void {
    this.secrets.set(name, typeof secret === 'string' ? Buffer.from(secret) : Uint8Array.from(secret));
  }

  rememberHex(name: string, hex: string): void {
    this.remember(name, fromHex(hex, 32) as Uint8Array);
  }

  /** What a log made itself: every MAC secret and signing seed in its key directory. */
  rememberKeysOf(keyDir: string): void {
    for (const file of existsSync(keyDir) ? readdirSync(keyDir) : []) {
      const text = readFileSync(join(keyDir, file), 'utf8');
      if (!text.endsWith('\n')) continue; // it was never written to its end
      const name = `${basename(keyDir)}/${file} ${this.secrets.size}`;
      if (file.startsWith('key.state')) this.rememberHex(name, JSON.parse(text).secret);
      else this.remember(name, Buffer.from(text.split('+').slice(4).join('+'), 'base64').subarray(1));
    }
  }

  showText(where: string, text: string): void {
    this.shown.push({ where, text });
  }

  /** What may be seen of a value: as text, serialised, inspected to the last corner. */
  show(where: string, value: unknown): void {
    this.showText(where, String(value));
    this.showText(`${where}, as JSON`, JSON.stringify(value) ?? '');
    this.showText(`${where}, inspected`, inspect(value, EVERYTHING));
    if (value instanceof Error) {
      this.showText(`${where}, its stack and cause`, `${value.stack} ${inspect(value.cause, EVERYTHING)}`);
    }
  }

  /** Which secrets are in a text. */
  findIn(where: string, text: string): string[] {
    const onOneLine = text.replace(/\s+/g, ' '); // inspection breaks and aligns long arrays
    return [...this.secrets].flatMap(([name, secret]) =>
      forms(secret).some((form) => text.includes(form) || onOneLine.includes(form))
        ? [`${name} in ${where}`]
        : [],
    );
  }
}

/** The forms in which bytes turn up in text. */
export function forms(secret: Uint8Array): readonly string[] {
  const buffer = Buffer.from(secret);
  const text = buffer.toString('utf8');
  const hex = buffer.toString('hex');
  return [
    ...(Buffer.from(text).equals(buffer) ? [text, encodeURIComponent(text)] : []),
    buffer.toString('latin1'),
    hex.slice(0, 24), // a part of it is too much as well
    hex.slice(-24),
    hex.toUpperCase(),
    inspect(buffer).slice(8, -1), // <Buffer 01 02 …>
    buffer.toString('base64').replace(/=+$/, ''),
    buffer.toString('base64url'),
    [...secret].join(', '),
    [...secret].join(','),
  ];
}
