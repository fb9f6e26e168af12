import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { eventJsonSchemas, VRAM_EVENTS } from './index.js';

/** The contract: `event_type`, severity, members that are always there, members that may be. */
const CONTRACT = {
  vram_allocated: [
    'INFO',
    ['requested_bytes', 'allocated_bytes', 'available_bytes', 'used_bytes', 'gpu_device', 'gpu_uuid'],
    [],
  ],
  vram_allocation_failed: ['WARNING', ['requested_bytes', 'available_bytes', 'reason', 'gpu_device'], []],
  vram_sealed: [
    'INFO',
    [
      'shard_id',
      'gpu_device',
      'gpu_uuid',
      'vram_bytes',
      'digest',
      'digest_algorithm',
      'backend',
      'simulated',
      'read_only',
      'exclusive',
    ],
    ['adopted', 'expected_digest', 'expected_source', 'model_ref', 'shard_index', 'total_shards'],
  ],
  seal_rejected: ['CRITICAL', ['shard_id', 'reason', 'expected_digest', 'actual_digest', 'gpu_device'], []],
  seal_verified: ['INFO', ['shard_id', 'gpu_device', 'mode', 'bytes_verified', 'count'], ['first_at']],
  seal_verification_failed: [
    'CRITICAL',
    ['shard_id', 'gpu_device', 'reason', 'expected_digest', 'actual_digest', 'action_taken'],
    [],
  ],
  vram_deallocated: [
    'INFO',
    ['shard_id', 'freed_bytes', 'remaining_used', 'gpu_device', 'reason', 'zeroed'],
    [],
  ],
  policy_violation: ['CRITICAL', ['policy', 'violation', 'details', 'gpu_device', 'action_taken'], []],
  worker_recovered: ['WARNING', ['reason', 'gpu_device'], []],
} as const;
const CONTEXT = ['trace_id', 'span_id', 'job_id', 'actor'];

test('the events are those of the contract, with its severities and members', () => {
  const schemas = eventJsonSchemas();
  const declared = Object.values(VRAM_EVENTS).map(({ type, severity }) => {
    const { properties = {}, required = [], additionalProperties } = schemas[type] ?? {};
    expect(additionalProperties).toBe(false);
    const optional = Object.keys(properties).filter((name) => !required.includes(name));
    expect(optional.slice(-CONTEXT.length)).toEqual(CONTEXT);
    return [type, [severity, required, optional.slice(0, -CONTEXT.length)]];
  });
  expect(Object.fromEntries(declared)).toEqual(CONTRACT);
});

test('every member says what it is', () => {
  for (const [type, schema] of Object.entries(eventJsonSchemas())) {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      expect([type, name, (property as { description?: string }).description]).toEqual([
        type,
        name,
        expect.stringMatching(/\.$/),
      ]);
    }
  }
});

test('values that do not fit are refused without being shown', () => {
  const members = { shard_id: 'a', gpu_device: 0, mode: 'full', bytes_verified: 1, count: 1 } as const;
  const { SealVerified } = VRAM_EVENTS;
  expect(SealVerified(members).members).toEqual(members);
  const secret = 'SECRET-'.repeat(200);
  for (const wrong of [
    { ...members, shard_id: secret },
    { ...members, trace_id: secret },
    { ...members, actor: 'a\u0000b' },
    { ...members, count: 0 },
    { ...members, bytes_verified: -1 },
    { ...members, unknown: secret },
    { ...members, first_at: '2026-01-02' },
  ]) {
    expect(() => SealVerified(wrong)).toThrow(TypeError);
    expect(() => SealVerified(wrong)).not.toThrow(/SECRET/);
  }
});

test('the entry `events` holds nothing of Node', async () => {
  const entryPoints = [new URL('../../dist/events/index.js', import.meta.url).pathname];
  const { outputFiles, metafile } = await build({
    entryPoints,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
  });
  expect(outputFiles).toHaveLength(1);
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => /dist\/(?:node|manager|sealing)\//.test(path))).toEqual([]);
});
