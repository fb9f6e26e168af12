import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';

/** What of the example is used; it is JavaScript. */
interface Witness {
  readonly vkey: string;
  know(vkey: string): void;
  server(): Server;
}
interface WitnessOptions {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly directory: string;
}

const example = new URL('../../../examples/witness/witness.mjs', import.meta.url).pathname;

/** The witness of `examples/witness`, listening on the loopback address. */
export class TestWitness {
  readonly url: string;
  /** Tree sizes by which its requests began, in order. */
  readonly olderSizes: number[] = [];
  readonly #witness: Witness;
  readonly #server: Server;
  readonly #options: WitnessOptions;

  private constructor(witness: Witness, server: Server, options: WitnessOptions) {
    this.#witness = witness;
    this.#server = server;
    this.#options = options;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.prependListener('request', (request) => {
      request.once('data', (body: Buffer | string) => {
        this.olderSizes.push(Number(/^old ([0-9]+)\n/.exec(String(body))?.[1]));
      });
    });
  }

  /** @param port of a witness that was closed, to take its place; default: any */
  static async listen(
    directory: string,
    { port = 0, options }: { readonly port?: number; readonly options?: WitnessOptions } = {},
  ): Promise<TestWitness> {
    const { Witness: Example } = (await import(pathToFileURL(example).href)) as {
      Witness: new (options: WitnessOptions) => Witness;
    };
    const { privateKey } = generateKeyPairSync('ed25519');
    const all = options ?? { name: 'witness.example/w1', privateKey, directory };
    const witness = new Example(all);
    const server = witness.server();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new TestWitness(witness, server, all);
  }

  get vkey(): string {
    return this.#witness.vkey;
  }

  know(vkey: string): void {
    this.#witness.know(vkey);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Another process in its place: same key, address and directory, nothing else. */
  restarted(): Promise<TestWitness> {
    return TestWitness.listen(this.#options.directory, {
      port: Number(new URL(this.url).port),
      options: this.#options,
    });
  }
}
