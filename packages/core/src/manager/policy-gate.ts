import type { Allocation, Backend, Device, DeviceFacts } from '@vram-residency/device';
import {
  enforce,
  type ObservedFacts,
  type Policy,
  PolicyError,
  type Violation,
} from '@vram-residency/policy';
import { VramError } from '../errors.js';
import type { ContextMembers } from '../events/context.js';
import { PolicyViolation } from '../events/worker-events.js';
import type { Recorder } from '../recording/recorder.js';
import type { ManagerEvents } from './manager-events.js';
import type { ManagerState } from './manager-state.js';
import type { Metrics } from './metrics.js';

export interface PolicyGateParts {
  readonly policy: Policy;
  readonly backend: Backend;
  readonly device: Device;
  readonly recorder: Recorder;
  readonly metrics: Metrics;
  readonly events: ManagerEvents;
  readonly state: ManagerState;
}

/** Lets nothing pass that violates the policy: violations are recorded and told, and a critical one stops the worker. */
export class PolicyGate {
  readonly #parts: PolicyGateParts;

  constructor(parts: PolicyGateParts) {
    this.#parts = parts;
  }

  /**
   * Judges the device as it is now: errors may have been counted since it was opened.
   *
   * @throws PolicyError `POLICY_VIOLATION`; VramError `DEVICE_FAILED`
   */
  async checkDevice(context: ContextMembers): Promise<void> {
    await this.#enforce({ device: await this.#observe() }, context);
  }

  /** @throws PolicyError `POLICY_VIOLATION` */
  checkAllocation({ facts }: Allocation, context: ContextMembers): Promise<void> {
    return this.#enforce({ allocation: facts }, context);
  }

  async #observe(): Promise<DeviceFacts> {
    const { backend, device } = this.#parts;
    const { index, uuid } = device.facts;
    let observed: readonly DeviceFacts[];
    try {
      observed = await backend.devices();
    } catch (cause) {
      throw new VramError('DEVICE_FAILED', 'The devices cannot be observed', { cause });
    }
    const facts = observed.find((candidate) => candidate.uuid === uuid);
    if (facts === undefined) throw new VramError('DEVICE_FAILED', `Device ${index} is not there any more`);
    return facts;
  }

  async #enforce(facts: ObservedFacts, context: ContextMembers): Promise<void> {
    const records: Promise<void>[] = [];
    try {
      enforce(this.#parts.policy, facts, (violation) => records.push(this.#tell(violation, context)));
    } catch (error) {
      if (error instanceof PolicyError) this.#parts.state.stop('policy_violation');
      throw error;
    } finally {
      await Promise.all(records);
    }
  }

  #tell(violation: Violation, context: ContextMembers): Promise<void> {
    const { policy, device, recorder, metrics, events } = this.#parts;
    metrics.add('policyViolations');
    const recorded = recorder.note(
      PolicyViolation(
        {
          policy: policy.name,
          violation: violation.violation,
          details: violation.details,
          gpu_device: device.facts.index,
          action_taken: violation.severity === 'CRITICAL' ? 'worker_stopped' : 'logged',
          ...context,
        },
        { severity: violation.severity },
      ),
    );
    events.emit('violation', violation);
    return recorded;
  }
}
