import type { FileOperation, FileSystem } from '../src/node/file-operation.js';
import { nodeFileSystem } from '../src/node/node-file-system.js';

/** Lets chosen operations fail, and shows what was done. */
export class TestFileSystem implements FileSystem {
  readonly operations: FileOperation[] = [];
  fails: (operation: FileOperation) => boolean = () => false;

  run(operation: FileOperation): Promise<unknown> {
    this.operations.push(operation);
    return this.fails(operation) ? Promise.reject(injected()) : nodeFileSystem.run(operation);
  }

  runSync(operation: FileOperation): unknown {
    this.operations.push(operation);
    if (this.fails(operation)) throw injected();
    return nodeFileSystem.runSync(operation);
  }
}

function injected(): Error {
  return Object.assign(new Error('injected'), { code: 'EIO' });
}
