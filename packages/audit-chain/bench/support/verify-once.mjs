// @ts-check
// Verifies one log and prints how many KiB of memory the process had at its largest.
import { verifyLog } from '@vram-residency/audit-chain';
import { nodeHashes, openLog } from '@vram-residency/audit-chain/node';

const [dir = '', vkey = ''] = process.argv.slice(2);
const { exitCode } = await verifyLog(await openLog(dir), { vkey, hashes: nodeHashes });
console.log(process.resourceUsage().maxRSS);
process.exitCode = exitCode;
