export { cudaBackend } from './cuda-backend.js';
