import { readFileSync } from 'node:fs';

interface PackageFacts {
  readonly version: string;
  readonly engines: { readonly node: string };
}

const facts = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as PackageFacts;

/** This package's version. */
export const VERSION: string = facts.version;

/** The versions of Node that it runs on, such as `>=20.19`. */
export const NODE_RANGE: string = facts.engines.node;
