// @ts-check
// Writes dist/viewer.html; `npm run build` compiles the package first.
import { writeFileSync } from 'node:fs';
import { makePage } from './page.mjs';

writeFileSync(new URL('../dist/viewer.html', import.meta.url), await makePage());
