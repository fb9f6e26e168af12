import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from './program.js';
import { Transcript } from './transcript.js';

const SEGMENT = 'segment-00000000000000000000.ndjson';

/**
 * Runs the auditor example over a worker's log: as it is, with one digit changed, with its last two records cut off, and
 * where there is none.
 *
 * @param directory where the example lies
 * @param scratch an empty folder
 * @param log a log with one segment
 */
export async function auditorScenario(directory: string, scratch: string, log: string): Promise<string> {
  mkdirSync(scratch, { recursive: true });
  const { vkey } = JSON.parse(readFileSync(join(log, 'log.json'), 'utf8')) as { vkey: string };
  const transcript = new Transcript([[scratch, '<folder>']]);
  const audit = async (name: string): Promise<void> => {
    const program = new Program(directory, [join(scratch, name), vkey], scratch);
    transcript.add(`node main.mjs ${scratch}/${name} ${vkey}`, await program.ended());
  };
  const copy = (name: string, change: (records: string) => string): void => {
    cpSync(log, join(scratch, name), { recursive: true });
    const segment = join(scratch, name, SEGMENT);
    const records = readFileSync(segment, 'utf8');
    const changed = change(records);
    if (changed === records && name !== 'intact') throw new Error(`Expected ${name} to differ from the log`);
    writeFileSync(segment, changed);
  };

  copy('intact', (records) => records);
  copy('altered', (records) => records.replace(/"vram_bytes":1/, '"vram_bytes":2'));
  copy('cut-short', (records) => records.split('\n').slice(0, -3).concat('').join('\n'));
  for (const name of ['intact', 'altered', 'cut-short', 'absent']) await audit(name);
  return transcript.toString();
}
