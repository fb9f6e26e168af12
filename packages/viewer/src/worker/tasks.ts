import {
  formatInclusionProof,
  fromFiles,
  type LogSource,
  parseRootKey,
  plainRecordEngine,
  proveInclusion,
  verifyLog,
} from '@vram-residency/audit-chain';
import { wasmRecordEngine } from '@vram-residency/seal-crypto';
import { indexLog } from '../log/index-log.js';
import { searchLog } from '../log/search-log.js';
import type { Answers, GivenKeys, Task } from './messages.js';

/** Does what a worker was asked for. `onProgress` is told the part that is done, 0 to 1. */
export function runTask(task: Task, onProgress: (part: number) => void): Promise<Answers[Task['kind']]> {
  const source = fromFiles(task.files);
  switch (task.kind) {
    case 'index':
      return index(source, task.files);
    case 'verify':
      return verify(source, task.keys, onProgress);
    case 'search':
      return searchLog(source, task.text);
    case 'prove':
      return prove(source, task.seq, task.vkey);
  }
}

async function index(source: LogSource, files: readonly File[]): Promise<Answers['index']> {
  const engine = wasmRecordEngine() ?? plainRecordEngine();
  const contents: Blob[] = [];
  const segments = (await source.segments()).map((segment) => {
    const file = files.find(({ name }) => name === segment.name) as File;
    if (segment.name.endsWith('.ndjson')) {
      contents.push(file);
      return segment;
    }
    // Lines of a compressed segment are read again from its plain bytes, which the browser may keep on disk.
    const place = contents.push(new Blob()) - 1;
    const read = async function* (): AsyncGenerator<Uint8Array> {
      const pieces: Blob[] = [];
      try {
        for await (const piece of segment.read()) {
          pieces.push(new Blob([new Uint8Array(piece)]));
          yield piece;
        }
      } finally {
        contents[place] = new Blob(pieces);
      }
    };
    return { ...segment, read };
  });
  const indexed = await indexLog({ ...source, segments: async () => segments }, engine);
  return { ...indexed, contents, engine: engine.name };
}

function verify(
  source: LogSource,
  { vkey, rootKey, anchors }: GivenKeys,
  onProgress: (part: number) => void,
): Promise<Answers['verify']> {
  const engine = wasmRecordEngine();
  return verifyLog(source, {
    anchors,
    ...(engine === undefined ? {} : { engine }),
    ...(vkey === undefined ? {} : { vkey }),
    ...(rootKey === undefined ? {} : { rootKey: parseRootKey(rootKey) }),
    onProgress: ({ readBytes, totalBytes }) => onProgress(readBytes / totalBytes),
  });
}

async function prove(source: LogSource, seq: number, vkey: string | undefined): Promise<string> {
  const { proof } = await proveInclusion(source, seq, vkey === undefined ? {} : { vkey });
  return formatInclusionProof(proof);
}
