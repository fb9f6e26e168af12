export { defaultEngines } from './default-engines.js';
export { digestFile } from './digest-file.js';
export { nodeEngine } from './node-engine.js';
