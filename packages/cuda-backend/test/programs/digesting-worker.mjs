// @ts-check
// A worker thread that digests so many bytes on all processors and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { nativeEngine } from '@vram-residency/cuda-backend';
import { DigestEngines, toHex } from '@vram-residency/seal-crypto';

const digest = new DigestEngines([nativeEngine]).digest('blake3', new Uint8Array(workerData));
parentPort?.postMessage(toHex(digest));
