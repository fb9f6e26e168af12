// @ts-check
// Runs before a package is packed, in its folder: compiled files whose source was renamed or removed must not be published.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const COMPILED = /\.(?:js|js\.map|d\.ts|d\.ts\.map)$/;

for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (!COMPILED.test(file) || existsSync(join('src', file.replace(COMPILED, '.ts')))) continue;
  rmSync(join('dist', file));
  console.error(`Removed dist/${file}: it has no source`);
}
