import uPlot from 'uplot';
import { residentAt } from '../story/resident-at.js';
import type { DeviceUsage, ShardStay, VramStory } from '../story/vram-story.js';
import { el, untrusted } from './dom.js';
import { bytesText, parseTime, timeText } from './format.js';
import { shardBars } from './shard-bars.js';

const CHART_HEIGHT = 220;
/** More points than a chart has pixels show nothing more. */
const MAX_POINTS = 4000;

/**
 * Memory of each device over time, shards from seal to end, and what was resident at a time; nothing where the log says
 * nothing of GPU memory.
 *
 * @param jump shows a row of the index
 */
export function memoryView(story: VramStory, jump: (row: number) => void): HTMLElement[] {
  return [
    ...story.devices.map(deviceChart),
    ...(story.stays.length === 0 ? [] : [shardBars(story, jump), residencyPart(story.stays)]),
  ];
}

function deviceChart({ device, times, usedBytes, changes }: DeviceUsage): HTMLElement {
  const peak = usedBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  const allocations = changes.reduce((sum, bytes) => sum + (bytes > 0 ? 1 : 0), 0);
  const words = `${allocations.toLocaleString('en')} allocations, ${(times.length - allocations).toLocaleString('en')} releases, at most ${bytesText(peak)} held.`;
  const place = el('div', {
    class: 'chart',
    role: 'img',
    'aria-label': `GPU memory of device ${device} over time: ${words}`,
  });
  const step = Math.ceil(times.length / MAX_POINTS);
  const sampled = (values: Float64Array): number[] =>
    [...values].filter((_, i) => i % step === 0 || i === values.length - 1);
  const draw = (): void => {
    const { color } = getComputedStyle(place);
    const axis = { stroke: color, grid: { stroke: '#8883', width: 1 }, ticks: { stroke: '#8883', width: 1 } };
    const options: uPlot.Options = {
      width: place.clientWidth,
      height: CHART_HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      axes: [axis, { ...axis, size: 76, values: (_, ticks) => ticks.map(bytesText) }],
      series: [
        {},
        {
          label: 'used',
          stroke: '#3b82f6',
          fill: '#3b82f633',
          width: 2,
          value: (_, bytes) => (bytes === null ? '–' : bytesText(bytes)),
          ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
        },
      ],
    };
    const data: uPlot.AlignedData = [sampled(times).map((time) => time / 1000), sampled(usedBytes)];
    place.replaceChildren();
    new uPlot(options, data, place);
  };
  new ResizeObserver(draw).observe(place);
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, `GPU memory of device ${device}`),
    el('p', { class: 'hint' }, words),
    place,
  );
}

function residencyPart(stays: readonly ShardStay[]): HTMLElement {
  const input = el('input', { type: 'text', id: 'resident-at', autocomplete: 'off' });
  input.value = timeText(stays.at(-1)?.sealedAt ?? Number.NaN);
  const output = el('div', { role: 'status' });
  const answer = (): void => {
    const time = parseTime(input.value);
    input.setAttribute('aria-invalid', String(time === undefined));
    if (time === undefined) {
      output.replaceChildren(
        el('p', { class: 'failure' }, 'Expected a UTC time such as 2026-01-02 03:04:05.'),
      );
      return;
    }
    const resident = residentAt(stays, time);
    output.replaceChildren(
      el('p', {}, `${resident.length} shards were sealed and not yet released then, as the records say.`),
      el(
        'ul',
        {},
        ...resident
          .slice(0, 200)
          .map(({ shardId, modelRef, device, sealedAt, verifications }) =>
            el(
              'li',
              {},
              el('strong', {}, untrusted(modelRef ?? shardId)),
              ' ',
              untrusted(shardId),
              `, device ${device}, sealed ${timeText(sealedAt)}, verified ${verifications.toLocaleString('en')} times in all`,
            ),
          ),
      ),
    );
  };
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'What was in GPU memory at a time?'),
    el(
      'form',
      {
        class: 'filters',
        submit: (event: SubmitEvent) => {
          event.preventDefault();
          answer();
        },
      },
      el('label', { for: 'resident-at' }, 'Time (UTC)'),
      input,
      el('button', { type: 'submit', class: 'button' }, 'Show'),
    ),
    output,
  );
}
