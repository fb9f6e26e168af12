import { z } from 'zod';
import { VRAM_EVENTS } from './vram-events.js';

/** A JSON Schema (draft 2020-12) as `z.toJSONSchema` makes it. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema of the members of each event, by `event_type`. The bound of 1024 bytes stands there as a bound of
 * 1024 characters, since JSON Schema does not count bytes.
 */
export function eventJsonSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.values(VRAM_EVENTS).map(({ type, schema }) => [type, z.toJSONSchema(schema)]),
  );
}
