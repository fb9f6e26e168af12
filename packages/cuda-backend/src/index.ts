export { cudaBackend } from './cuda-backend.js';
export { nativeEngine } from './native-engine.js';
