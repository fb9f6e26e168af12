// What a web page writes; compiled without the types of Node.
import { fromFiles, verifyLog } from '@vram-residency/audit-chain';
import { defaultEngines, fromHex, type NamedDigest, parseDigest, toHex } from '@vram-residency/seal-crypto';
import { describeVerdict } from '@vram-residency/viewer';
import { VramSealed } from 'vram-residency/events';

export async function judge(input: HTMLInputElement, vkey: string): Promise<string> {
  const { status, defects } = await verifyLog(fromFiles(input.files ?? []), { vkey });
  return `${status}: ${defects.map(({ reason }) => reason).join(', ')}`;
}

export const digest: NamedDigest = parseDigest(`blake3:${toHex(fromHex('00'.repeat(32)))}`);
export const engines: ReturnType<typeof defaultEngines> = defaultEngines();
export const type: string = VramSealed.type;

export async function headline(input: HTMLInputElement, vkey: string): Promise<string> {
  const result = await verifyLog(fromFiles(input.files ?? []), { vkey });
  return describeVerdict(result, { vkey: true, rootKey: false, anchors: 0 }).headline;
}
