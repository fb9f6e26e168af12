import { PolicyError } from './policy-error.js';
import { checkPolicy, type Policy } from './rule.js';

/**
 * Reads a policy from JSON: text, or a value that was parsed already.
 *
 * @throws {@link PolicyError} `INVALID_POLICY`; the message names the path of what is wrong
 */
export function parsePolicy(json: unknown): Policy {
  let document = json;
  if (typeof json === 'string') {
    try {
      document = JSON.parse(json);
    } catch {
      throw new PolicyError('INVALID_POLICY', 'The policy is not JSON');
    }
  }
  const result = checkPolicy(document);
  if ('policy' in result) return result.policy;
  throw new PolicyError(
    'INVALID_POLICY',
    `The policy is malformed at ${result.path || 'its root'}: ${result.message}`,
  );
}
