import { identifier } from './fields.js';

/** Members that any event may carry, so that a record can be found from a trace, a job or a person. */
export const contextShape: {
  readonly trace_id: ReturnType<typeof identifier.optional>;
  readonly span_id: ReturnType<typeof identifier.optional>;
  readonly job_id: ReturnType<typeof identifier.optional>;
  readonly actor: ReturnType<typeof identifier.optional>;
} = {
  trace_id: identifier.describe('The trace that the operation belongs to.').optional(),
  span_id: identifier.describe('The span of that trace.').optional(),
  job_id: identifier.describe('The job that the operation was done for.').optional(),
  actor: identifier.describe('The person or service that asked for the operation.').optional(),
};

/** The context members of one record. */
export interface ContextMembers {
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly job_id?: string;
  readonly actor?: string;
}
