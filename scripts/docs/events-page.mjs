// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineEvent } from '@vram-residency/audit-chain';
import { eventJsonSchemas, VRAM_EVENTS } from 'vram-residency/events';
import { root } from '../lib/workspace.mjs';
import { code, table } from './markdown.mjs';

/**
 * @typedef {object} MemberSchema what the events use of JSON Schema
 * @property {string | readonly string[]} [type]
 * @property {readonly string[]} [enum]
 * @property {string} [pattern]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [maxLength]
 * @property {readonly MemberSchema[]} [anyOf]
 * @property {string} [description]
 */

/**
 * @typedef {object} EventSchema
 * @property {string} description
 * @property {Record<string, MemberSchema>} properties
 * @property {readonly string[]} required
 */

/** Members that every event may carry; they are told once. */
const CONTEXT = ['trace_id', 'span_id', 'job_id', 'actor'];

/** The text of `docs/events.md`. */
export function eventsPage() {
  const schemas = /** @type {Record<string, EventSchema>} */ (/** @type {unknown} */ (eventJsonSchemas()));
  const definitions = Object.entries(VRAM_EVENTS);
  const context = schemas['vram_sealed']?.properties ?? {};
  return `# Events

What a worker's log can say. Every record has the envelope of the [log format](audit-log-format.md) (\`seq\`, \`timestamp\`,
\`event_type\`, \`severity\`, \`worker_id\`, …) and the members below. The same as JSON Schema:
[events.schema.json](events.schema.json). Declare types of your own with \`defineEvent\` of \`@vram-residency/audit-chain\`.

Text has at most 1024 bytes of UTF-8 in each member. Digests that have no \`digest_algorithm\` beside them name their algorithm.

${table(
  ['event_type', 'severity', 'in TypeScript', 'what happened'],
  definitions.map(([name, { type, severity }]) => [
    `[${code(type)}](#${type})`,
    severityOf(type, severity),
    code(name),
    schemaOf(schemas, type).description,
  ]),
)}

${definitions.map(([, { type }]) => section(type, schemaOf(schemas, type))).join('\n\n')}

## Context

Any of these events may carry what the operation was done for:

${table(
  ['member', 'type', 'meaning'],
  CONTEXT.map((name) => [
    code(name),
    typeOf(memberOf(context, name)),
    memberOf(context, name).description ?? '',
  ]),
)}

## Records of the log itself

Written by the log, never by a program; their severity is \`INFO\`, but for \`events_dropped\` and \`clock_jumped\`,
which are a \`WARNING\`.
[Section 5 of the log format](audit-log-format.md) is where this table comes from.

${logRecords()}
`;
}

/** The text of `docs/events.schema.json`: under `$defs`, the members of each event by its type. */
export function eventsSchema() {
  const schemas = Object.entries(eventJsonSchemas()).map(([type, { $schema: _dialect, ...schema }]) => [
    type,
    schema,
  ]);
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title:
      "Members of vram-residency's events, by event_type; the envelope of the log format is not among them",
    $defs: Object.fromEntries(schemas),
  });
}

/**
 * @param {string} type
 * @param {EventSchema} schema
 */
function section(type, { description, properties, required }) {
  const members = Object.entries(properties).filter(([name]) => !CONTEXT.includes(name));
  return `## ${type}

${description}

${table(
  ['member', 'type', 'present', 'meaning'],
  members.map(([name, member]) => [
    code(name),
    typeOf(member),
    required.includes(name) ? 'always' : 'if there is one',
    member.description ?? '',
  ]),
)}`;
}

/**
 * A rule that only warns has its violation recorded so.
 *
 * @param {string} type
 * @param {string} severity
 */
function severityOf(type, severity) {
  return type === 'policy_violation' ? `${code(severity)} or ${code('WARNING')}` : code(severity);
}

/**
 * @param {MemberSchema} schema
 * @returns {string}
 */
function typeOf(schema) {
  const { anyOf, type, minimum, maxLength, pattern } = schema;
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (Array.isArray(type)) return type.join(' or ');
  switch (type) {
    case 'integer':
      return `integer, at least ${minimum}`;
    case 'boolean':
    case 'null':
      return type;
    case 'string':
      if (pattern === '^\\P{Cc}+$') return 'text without control characters';
      if (pattern !== undefined) return `text, ${code(pattern)}`;
      if (maxLength !== undefined) return 'text';
  }
  throw new TypeError(`Expected a member of a known type but received ${JSON.stringify(schema)}`);
}

/**
 * @param {Record<string, EventSchema>} schemas
 * @param {string} type
 */
function schemaOf(schemas, type) {
  const schema = schemas[type];
  if (schema === undefined) throw new TypeError(`Expected a schema of ${type}`);
  return schema;
}

/**
 * @param {Record<string, MemberSchema>} members
 * @param {string} name
 */
function memberOf(members, name) {
  const member = members[name];
  if (member === undefined) throw new TypeError(`Expected the member ${name}`);
  return member;
}

/** The table of section 5 of the format page. */
function logRecords() {
  const page = readFileSync(join(root, 'docs/audit-log-format.md'), 'utf8');
  const [, found] = /^## 5\. Records of the log itself\n\n((?:\|.*\n)+)/m.exec(page) ?? [];
  if (found === undefined) throw new TypeError('Expected a table in section 5 of docs/audit-log-format.md');
  const types = [...found.matchAll(/^\| `([a-z_]+)`/gm)].map(([, type = '']) => type);
  for (const type of types) assertOnlyTheLogsOwn(type);
  if (types.length === 0) throw new TypeError('Expected event types in the table of section 5');
  return found.trimEnd();
}

/** @param {string} type */
function assertOnlyTheLogsOwn(type) {
  const schema = Object.values(VRAM_EVENTS)[0]?.schema;
  try {
    if (schema !== undefined) defineEvent(type, schema);
  } catch {
    return;
  }
  throw new TypeError(`The format page says that only the log writes ${type}, but programs may declare it`);
}
