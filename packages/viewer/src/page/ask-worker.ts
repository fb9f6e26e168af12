import type { Answer, Answers, Task } from '../worker/messages.js';

/** The bundled worker, put here when the page is built. */
declare const WORKER_SOURCE: string;

/** A task that a worker could not do; the message is for people. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  readonly remedy: string | undefined;

  constructor(message: string, remedy: string | undefined) {
    super(message);
    this.remedy = remedy;
  }
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Told the part that is done, 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

/**
 * Has a worker of its own do a task, away from the page's thread.
 *
 * @throws {@link TaskFailure}; the signal's reason
 */
export function askWorker<Kind extends Task['kind']>(
  task: Task & { readonly kind: Kind },
  { signal, onProgress }: AskOptions = {},
): Promise<Answers[Kind]> {
  signal?.throwIfAborted();
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const answered = new Promise<Answers[Kind]>((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.onerror = () => reject(new TaskFailure('The worker stopped unexpectedly', undefined));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('progress' in data) onProgress?.(data.progress);
      else if ('done' in data) resolve(data.done as Answers[Kind]);
      else reject(new TaskFailure(data.failure.message, data.failure.remedy));
    };
    worker.postMessage(task);
  });
  return answered.finally(() => {
    worker.terminate();
    URL.revokeObjectURL(url);
  });
}
