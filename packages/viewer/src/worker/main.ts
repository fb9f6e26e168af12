import { AUDIT_ERROR_REMEDIES, AuditError } from '@vram-residency/audit-chain';
import type { Answer, Answers, Task } from './messages.js';
import { runTask } from './tasks.js';

const PROGRESS_EVERY_MS = 100;
let toldAt = 0;

function answer(message: Answer, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function onProgress(progress: number): void {
  const now = performance.now();
  if (now - toldAt < PROGRESS_EVERY_MS) return;
  toldAt = now;
  answer({ progress });
}

self.onmessage = async ({ data }: MessageEvent<Task>): Promise<void> => {
  try {
    const done = await runTask(data, onProgress);
    answer({ done }, data.kind === 'index' ? columnsOf(done as Answers['index']) : []);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The task failed';
    const remedy = error instanceof AuditError ? AUDIT_ERROR_REMEDIES[error.code] : undefined;
    answer({ failure: { message, remedy } });
  }
};

/** The memory that is handed over and not copied. */
function columnsOf({ index, story }: Answers['index']): ArrayBuffer[] {
  const { offsets, sizes, seqs, times, severities, types } = index;
  const devices = story.devices.flatMap(({ times, usedBytes, changes }) => [times, usedBytes, changes]);
  return [offsets, sizes, seqs, times, severities, types, ...devices].map(({ buffer }) => buffer);
}
