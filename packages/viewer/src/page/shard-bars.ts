import type { ShardStay, VramStory } from '../story/vram-story.js';
import { el, svg, untrusted } from './dom.js';
import { bytesText, counted, timeText } from './format.js';

const SHOWN_BARS = 100;
const WIDTH = 1000;
const HEIGHT = 18;

/** Each shard as a bar from seal to end, with its verifications and failures on it. */
export function shardBars(
  { stays, furtherStays, devices }: VramStory,
  jump: (row: number) => void,
): HTMLElement {
  const ends = stays.flatMap(({ sealedAt, endedAt, verifiedAt }) => [
    sealedAt,
    endedAt ?? sealedAt,
    verifiedAt.at(-1) ?? sealedAt,
  ]);
  const last = devices.flatMap(({ times }) => times.at(-1) ?? []);
  const start = ends.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const end = [...ends, ...last].reduce((most, time) => Math.max(most, time), start + 1);
  const x = (time: number): number => ((time - start) / (end - start)) * WIDTH;
  const items = stays
    .slice(0, SHOWN_BARS)
    .map((stay) =>
      el(
        'li',
        { class: 'shard' },
        el(
          'button',
          { type: 'button', class: 'jump', click: () => jump(stay.sealedRow) },
          untrusted(stay.modelRef ?? stay.shardId),
        ),
        bar(stay, x),
        el('span', { class: 'hint' }, wordsOf(stay)),
        ...stay.failedRows
          .slice(0, 3)
          .map((row) =>
            el(
              'button',
              { type: 'button', class: 'jump failed', click: () => jump(row) },
              'Show the failed verification',
            ),
          ),
      ),
    );
  const more = stays.length - items.length + furtherStays;
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'Shards, from seal to release'),
    el(
      'p',
      { class: 'hint' },
      `${timeText(start)} to ${timeText(end)} UTC. Ticks are verifications, red ones failed.`,
    ),
    el('ul', { class: 'shards' }, ...items),
    ...(more > 0
      ? [el('p', { class: 'hint' }, `${more.toLocaleString('en')} more: filter the records by vram_sealed.`)]
      : []),
  );
}

function bar(stay: ShardStay, x: (time: number) => number): SVGElement {
  const from = x(stay.sealedAt);
  const to = stay.endedAt === null ? WIDTH : x(stay.endedAt);
  const tick = (time: number, name: string): SVGElement =>
    svg('rect', { x: x(time) - 1.5, y: 2, width: 3, height: HEIGHT - 4, class: name });
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { x: 0, y: HEIGHT / 2 - 0.5, width: WIDTH, height: 1, class: 'bar-line' }),
    svg('rect', {
      x: from,
      y: 2,
      width: Math.max(to - from, 4),
      height: HEIGHT - 4,
      rx: 3,
      class: stay.ended === 'ended_unclean' ? 'bar unclean' : 'bar',
    }),
    ...stay.verifiedAt.map((time) => tick(time, 'tick')),
    ...stay.failedAt.map((time) => tick(time, 'tick-failed')),
  );
}

function wordsOf(stay: ShardStay): string {
  const {
    vramBytes,
    device,
    simulated,
    sealedAt,
    ended,
    endedAt,
    verifications,
    lastVerifiedAt,
    failedRows,
  } = stay;
  const end =
    endedAt === null
      ? 'no end recorded'
      : `${ended === 'ended_unclean' ? 'no release recorded before the worker started again' : `ended ${timeText(endedAt)} (${ended?.replaceAll('_', ' ')})`}`;
  return [
    `${bytesText(vramBytes)} on device ${device}${simulated ? ' (simulated)' : ''}`,
    `sealed ${timeText(sealedAt)}`,
    `${counted(verifications, 'verification')}${lastVerifiedAt === null ? '' : `, last ${timeText(lastVerifiedAt)}`}`,
    ...(failedRows.length === 0 ? [] : [`${counted(failedRows.length, 'failed verification')}`]),
    end,
  ].join('; ');
}
