export { cudaBackend } from './cuda-backend.js';
export { nativeEngine } from './native-engine.js';
export { nativeRecordEngine } from './native-record-engine.js';
