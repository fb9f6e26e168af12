import { fromHex, toHex, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { LocalSigner } from '../keys/signing-key.js';
import {
  type FileTask,
  makeDirectory,
  readDirectory,
  readFile,
  removeUnfinished,
  replaceFile,
  syncDirectory,
} from './file-operation.js';
import { KeyState } from './key-state.js';

const KEY_FORMAT = 'vram-residency/audit-key/v1';
const KEY_STATE = 'key.state';
const SIGNING_KEY = 'signing.key';
const MAX_KEY_FILE_BYTES = 4096;

/** The folder `LOG.keys`: what must not leave the worker. */
export class KeyStore {
  readonly #directory: string;
  readonly #uniqueSuffix: () => string;

  constructor(directory: string, uniqueSuffix: () => string) {
    this.#directory = directory;
    this.#uniqueSuffix = uniqueSuffix;
  }

  *prepare(): FileTask<void> {
    yield* makeDirectory(this.#directory, 0o700);
  }

  /** Moves the key files of a log that was never committed, or is gone, out of the way; nothing is deleted. */
  *setAside(): FileTask<void> {
    const names = yield* readDirectory(this.#directory);
    const suffix = this.#uniqueSuffix();
    for (const name of [KEY_STATE, SIGNING_KEY].filter((own) => names.includes(own))) {
      const from = `${this.#directory}/${name}`;
      yield { op: 'rename', from, to: `${from}.${suffix}.old` };
    }
  }

  /** Removes keys whose writing a crash cut short: an old one would be of use to whoever steals the folder later. */
  *removeUnfinished(): FileTask<void> {
    for (const name of [KEY_STATE, SIGNING_KEY]) yield* removeUnfinished(this.#directory, name);
  }

  /** Makes sure that the keys that were read are on disk: a crash may have come between their rename and its fsync. */
  *settle(): FileTask<void> {
    yield* syncDirectory(this.#directory);
  }

  *writeState(origin: string, state: KeyState): FileTask<void> {
    const { epoch } = state;
    const text = JSON.stringify({ format: KEY_FORMAT, origin, epoch, secret: toHex(state.secret()) });
    const bytes = utf8(`${text}\n`);
    yield* replaceFile(this.#directory, KEY_STATE, bytes, { mode: 0o600, suffix: this.#uniqueSuffix() });
    yield { op: 'wipe', bytes };
  }

  *writeSigningKey(origin: string, seed: Uint8Array): FileTask<void> {
    const bytes = utf8(`${LocalSigner.format(origin, seed)}\n`);
    yield* replaceFile(this.#directory, SIGNING_KEY, bytes, { mode: 0o600, suffix: this.#uniqueSuffix() });
    yield { op: 'wipe', bytes };
  }

  /** @throws {@link AuditError} `LOG_DAMAGED`, `UNKNOWN_FORMAT`, `INSECURE_KEY_FILE` */
  *readState(origin: string): FileTask<KeyState> {
    const text = yield* this.#read(KEY_STATE);
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(text) as Record<string, unknown>;
    } catch {
      throw new AuditError('LOG_DAMAGED', `${KEY_STATE} is not JSON`);
    }
    const { format, epoch, secret } = value ?? {};
    if (typeof format === 'string' && format !== KEY_FORMAT) {
      throw new AuditError('UNKNOWN_FORMAT', `${KEY_STATE} has another format than ${KEY_FORMAT}`);
    }
    const bytes = typeof secret === 'string' ? fromHex(secret, 32) : undefined;
    if (
      !Number.isSafeInteger(epoch) ||
      (epoch as number) < 0 ||
      bytes === undefined ||
      value['origin'] !== origin
    ) {
      throw new AuditError('LOG_DAMAGED', `${KEY_STATE} is malformed or belongs to another log`);
    }
    return new KeyState(epoch as number, bytes);
  }

  /** @throws {@link AuditError} `LOG_DAMAGED`, `INVALID_KEY`, `INSECURE_KEY_FILE` */
  *readSigner(origin: string): FileTask<LocalSigner> {
    return LocalSigner.parse(yield* this.#read(SIGNING_KEY), origin);
  }

  *#read(name: string): FileTask<string> {
    const content = yield* readFile(`${this.#directory}/${name}`, MAX_KEY_FILE_BYTES);
    if (content === undefined) throw new AuditError('LOG_DAMAGED', `${name} is missing beside the log`);
    if ((content.mode & 0o077) !== 0) {
      throw new AuditError('INSECURE_KEY_FILE', `${name} can be read by others; expected mode 0600`);
    }
    const text = new TextDecoder().decode(content.bytes);
    content.bytes.fill(0);
    return text;
  }
}
