// @ts-check
import { defineEvent } from '@vram-residency/audit-chain';
import { z } from 'zod';

/** With zod, or any other library that makes Standard Schemas. */
export const ModelDownloaded = defineEvent(
  'model_downloaded',
  z.strictObject({
    model_ref: z.string().min(1).max(256),
    source_url: z.url().max(1024),
    size_bytes: z.int().min(1),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  }),
);

/** @typedef {{ operator: string, granted: boolean }} AccessMembers */

/** Without any library: a Standard Schema is an object with one property. @type {import('@standard-schema/spec').StandardSchemaV1<AccessMembers>} */
const accessSchema = {
  '~standard': {
    version: 1,
    vendor: 'example',
    validate(value) {
      const { operator, granted } = /** @type {Partial<AccessMembers>} */ (Object(value));
      if (typeof operator !== 'string' || !/^[a-z0-9.@-]{1,128}$/.test(operator)) {
        return { issues: [{ message: 'Expected 1 to 128 of a-z, 0-9, ., @ and -', path: ['operator'] }] };
      }
      if (typeof granted !== 'boolean')
        return { issues: [{ message: 'Expected a boolean', path: ['granted'] }] };
      // What is not named here is left out of the record.
      return { value: { operator, granted } };
    },
  },
};

export const OperatorAccess = defineEvent('operator_access', accessSchema, { severity: 'WARNING' });
