import type { FileOperation, FileSystem } from '../src/node/file-operation.js';
import { nodeFileSystem } from '../src/node/node-file-system.js';

/** Lets chosen operations fail, and shows what was done. */
export class TestFileSystem implements FileSystem {
  readonly operations: FileOperation[] = [];
  fails: (operation: FileOperation) => boolean = () => false;
  /** What the operating system says of them. */
  code = 'EIO';

  run(operation: FileOperation): Promise<unknown> {
    this.operations.push(operation);
    return this.fails(operation) ? Promise.reject(this.#injected()) : nodeFileSystem.run(operation);
  }

  runSync(operation: FileOperation): unknown {
    this.operations.push(operation);
    if (this.fails(operation)) throw this.#injected();
    return nodeFileSystem.runSync(operation);
  }

  #injected(): Error {
    return Object.assign(new Error('injected'), { code: this.code });
  }
}
