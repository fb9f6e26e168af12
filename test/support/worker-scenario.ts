import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeModelFile } from '../../examples/demo/model-file.mjs';
import { Program } from './program.js';
import { Transcript } from './transcript.js';

const TOKEN = 'a token of 16 bytes or more';
const OTHER_DIGEST = `sha256:${'9f'.repeat(32)}`;

/**
 * Runs the worker example: two requests and SIGTERM, content that was not expected, no arguments. Its log is then in
 * `scratch/audit`.
 *
 * @param directory where the example lies
 * @param scratch an empty folder
 */
export async function workerScenario(directory: string, scratch: string): Promise<string> {
  mkdirSync(scratch, { recursive: true });
  const model = join(scratch, 'model.safetensors');
  makeModelFile(model, 1);
  const digest = `sha256:${createHash('sha256').update(readFileSync(model)).digest('hex')}`;
  const environment = { VRAM_RESIDENCY_TOKEN: TOKEN, PORT: '0' };
  const transcript = new Transcript([[scratch, '<folder>']]);
  const start = (...args: string[]) => new Program(directory, args, scratch, environment);

  const worker = start(model, join(scratch, 'audit'), digest);
  const [, port = ''] = await worker.waitFor(/serving on http:\/\/127\.0\.0\.1:(\d+)\n/);
  const url = `http://127.0.0.1:${port}`;
  const answers: string[] = [];
  // The first request then finds the last verification too old.
  await setTimeout(1100);
  for (const prompt of ['hello', 'är du där?']) {
    const response = await fetch(url, { method: 'POST', body: prompt, headers: { 'x-trace-id': 'trace-1' } });
    answers.push(`$ curl -d '${prompt}' ${url}\n${await response.text()}`);
  }
  worker.signal('SIGTERM');
  const { output, exitCode } = await worker.ended();
  const shutDown = '$ kill -TERM …\n';
  const serving = output.replace(/(serving on .*\n)/, `$1${answers.join('')}${shutDown}`);
  transcript.add(`node main.mjs ${model} ${scratch}/audit ${digest} &`, { output: serving, exitCode });

  const refused = start(model, join(scratch, 'refused'), OTHER_DIGEST);
  transcript.add(`node main.mjs ${model} ${scratch}/refused ${OTHER_DIGEST}`, await refused.ended());
  transcript.add('node main.mjs', await start().ended());
  return transcript.toString();
}
