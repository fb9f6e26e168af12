import { basename, dirname, resolve } from 'node:path';
import { fromUtf8, utf8 } from '../../bytes.js';
import { type ParsedCheckpoint, parseCheckpoint } from '../../note/checkpoint.js';
import { MAX_SMALL_FILE_BYTES } from '../../source/log-source.js';
import { replaceFile } from '../file-operation.js';
import { nodeFileSystem } from '../node-file-system.js';
import { readSmallFile } from '../regular-file.js';
import { TaskRunner } from '../task-runner.js';
import { uniqueSuffix } from '../unique-suffix.js';
import { type Anchor, type AnchorOptions, anchorSettings, type PublishedCheckpoint } from './anchor.js';
import { assertExtends, conflict } from './assert-extends.js';

/**
 * A file that holds the newest checkpoint: on another disk, on a mount that another machine owns. It is replaced
 * atomically and durably, and only by a checkpoint that the one in it is the beginning of: it never goes back.
 *
 * @param path of a file of this one log; its directory has to exist
 * @throws TypeError or RangeError for options that make no sense
 */
export function fileAnchor(path: string, options: AnchorOptions = {}): Anchor {
  const file = resolve(path);
  return {
    name: file,
    ...anchorSettings(options),
    async publish(checkpoint, signal) {
      const known = await readKnown(file);
      if (known !== undefined) await assertFollows(known, checkpoint, signal);
      if (known?.treeSize !== checkpoint.treeSize) await replace(file, checkpoint.note);
      return '';
    },
  };
}

async function readKnown(file: string): Promise<ParsedCheckpoint | undefined> {
  const bytes = await readSmallFile(file, file, MAX_SMALL_FILE_BYTES);
  if (bytes === undefined) return undefined;
  try {
    return parseCheckpoint(fromUtf8(bytes) ?? '');
  } catch (cause) {
    throw conflict('It holds something that is no checkpoint', cause);
  }
}

async function assertFollows(
  known: ParsedCheckpoint,
  checkpoint: PublishedCheckpoint,
  signal: AbortSignal,
): Promise<void> {
  if (known.origin !== checkpoint.origin) throw conflict('It holds a checkpoint of another log');
  await assertExtends(known, checkpoint, signal);
}

async function replace(file: string, note: string): Promise<void> {
  const options = { mode: 0o644, suffix: uniqueSuffix() };
  await new TaskRunner(nodeFileSystem).run(replaceFile(dirname(file), basename(file), utf8(note), options));
}
