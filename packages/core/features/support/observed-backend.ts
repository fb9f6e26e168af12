import type { Allocation, Backend, Device, DeviceFacts, ProbeResult } from '@vram-residency/device';

/** A call of the device contract, by the name of its method. */
export interface ObservedCall {
  readonly operation: string;
  /** Which allocation, counted from 1 in the order they were made; absent where the call is on none. */
  readonly allocation?: number;
}

interface Planned {
  readonly operation: string;
  readonly act: (allocation: Allocation | undefined) => void;
}

/**
 * Passes every call of a worker on to a backend, and notes it: what a feature says about the GPU's work it says of any
 * backend.
 */
export class ObservedBackend implements Backend {
  readonly name: string;
  readonly #backend: Backend;
  readonly #trace: ObservedCall[] = [];
  readonly #live = new Map<Allocation, Allocation>();
  #planned: Planned[] = [];
  #made = 0;

  constructor(backend: Backend) {
    this.name = backend.name;
    this.#backend = backend;
  }

  probe(): Promise<ProbeResult> {
    this.#begin('probe');
    return this.#backend.probe();
  }

  devices(): Promise<DeviceFacts[]> {
    this.#begin('devices');
    return this.#backend.devices();
  }

  async open(index: number): Promise<Device> {
    this.#begin('open');
    return this.#observeDevice(await this.#backend.open(index));
  }

  /** Every call there was, oldest first. */
  get trace(): readonly ObservedCall[] {
    return this.#trace;
  }

  /** How many calls of an operation there were. */
  calls(operation: string): number {
    return this.#trace.filter((call) => call.operation === operation).length;
  }

  /** The allocations that were not given back, in the order they were made. */
  get allocations(): readonly Allocation[] {
    return [...this.#live.keys()];
  }

  /** The backend's own allocation behind one of {@link allocations}. */
  behind(allocation: Allocation): Allocation {
    const behind = this.#live.get(allocation);
    if (behind === undefined) throw new Error('The allocation was given back');
    return behind;
  }

  /** Does something just before the next call of an operation reaches the backend. */
  beforeNext(operation: string, act: (allocation: Allocation | undefined) => void): void {
    this.#planned.push({ operation, act });
  }

  /** What was planned for calls that did not come yet. */
  get pending(): number {
    return this.#planned.length;
  }

  #observeDevice(device: Device): Device {
    const own = new Set<Allocation>();
    return observe(device, async (operation, call) => {
      this.#begin(operation);
      const result = await call();
      if (operation === 'allocate') {
        const observed = this.#observeAllocation(result as Allocation);
        own.add(observed);
        return observed;
      }
      if (operation === 'close') for (const allocation of own) this.#live.delete(allocation);
      return result;
    });
  }

  #observeAllocation(allocation: Allocation): Allocation {
    this.#made += 1;
    const serial = this.#made;
    const observed: Allocation = observe(allocation, async (operation, call) => {
      this.#begin(operation, serial, observed);
      const result = await call();
      if (operation === 'free') this.#live.delete(observed);
      return result;
    });
    this.#live.set(observed, allocation);
    return observed;
  }

  #begin(operation: string, serial?: number, allocation?: Allocation): void {
    this.#trace.push({ operation, ...(serial !== undefined && { allocation: serial }) });
    const due = this.#planned.filter((planned) => planned.operation === operation);
    this.#planned = this.#planned.filter((planned) => planned.operation !== operation);
    for (const { act } of due) act(allocation);
  }
}

/** The same object, but that its methods are called through `onCall`. */
function observe<Target extends object>(
  target: Target,
  onCall: (operation: string, call: () => unknown) => unknown,
): Target {
  return new Proxy(target, {
    get(observed, name) {
      const member: unknown = Reflect.get(observed, name, observed);
      if (typeof member !== 'function') return member;
      if (typeof name === 'symbol') return member.bind(observed);
      return (...parameters: unknown[]) => onCall(name, () => member.apply(observed, parameters));
    },
  });
}
