import { spawn } from 'node:child_process';
import { open, statfs } from 'node:fs/promises';
import { AuditError } from '../errors.js';

/** A kernel lock on a directory; the kernel releases it when this process ends, however it ends. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** File system magic numbers of statfs(2) where locks and fsync do not mean what they mean on a disk. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
]);

/**
 * Takes the exclusive flock(2) of `directory`. Node has no call for it: flock(1) takes it on a descriptor it
 * shares with this process and ends, and the lock stays with the open file description held here. No other process has
 * that: Node opens with O_CLOEXEC. So the kernel lets go of it with this process's death, there is nothing stale to take
 * over, and of two that want it at once one gets it.
 *
 * @param networkFileSystem what to do about one, where it can be told
 * @throws {@link AuditError} `LOG_LOCKED`, `LOCK_UNAVAILABLE`, `NETWORK_FILE_SYSTEM`
 */
export async function lockDirectory(
  directory: string,
  networkFileSystem: 'refuse' | 'allow' = 'refuse',
): Promise<DirectoryLock> {
  const found = NETWORK_FILE_SYSTEMS.get((await statfs(directory)).type);
  if (found !== undefined && networkFileSystem === 'refuse') {
    throw new AuditError('NETWORK_FILE_SYSTEM', `${directory} lies on ${found}; a log needs a local disk`);
  }
  const handle = await open(directory, 'r');
  try {
    await takeLock(directory, handle.fd);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { release: () => handle.close() };
}

function takeLock(directory: string, fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] });
    let diagnosis = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      diagnosis += text.slice(0, 1000 - diagnosis.length);
    });
    child.once('error', (cause) => {
      const message = 'The command flock cannot be run; install util-linux';
      reject(new AuditError('LOCK_UNAVAILABLE', message, { cause }));
    });
    child.once('close', (status) => {
      if (status === 0) resolve();
      else if (status === 1 && diagnosis === '') {
        reject(new AuditError('LOG_LOCKED', `Another writer holds ${directory} open`));
      } else {
        reject(new AuditError('LOCK_UNAVAILABLE', `flock failed on ${directory}: ${diagnosis.trim()}`));
      }
    });
  });
}
