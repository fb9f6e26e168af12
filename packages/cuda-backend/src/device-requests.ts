import type { Addon, NativeDevice, NativeResult, Operation } from './addon.js';
import { NATIVE_STATUS } from './native-status.js';
import { statusOf, toDeviceError } from './to-device-error.js';

/** What a request is about; what an operation does not need is left out. */
export interface RequestMembers {
  readonly allocation?: number;
  readonly offset?: number;
  readonly length?: number;
  readonly algorithm?: number;
  readonly flags?: number;
  readonly bytes?: Uint8Array;
}

/** The requests of one open device. */
export class DeviceRequests {
  readonly addon: Addon;
  readonly #device: NativeDevice;
  #lastId = 0;

  constructor(addon: Addon, device: NativeDevice) {
    this.addon = addon;
    this.#device = device;
  }

  /**
   * @throws {DeviceError}
   * @throws the signal's reason
   */
  async submit(operation: Operation, members: RequestMembers, signal?: AbortSignal): Promise<NativeResult> {
    signal?.throwIfAborted();
    const { allocation = 0, offset = 0, length = 0, algorithm = 0, flags = 0, bytes } = members;
    this.#lastId += 1;
    const id = this.#lastId;
    const cancel = () => this.addon.cancel(this.#device, id);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.addon.submit(
        this.#device,
        id,
        operation,
        allocation,
        offset,
        length,
        algorithm,
        flags,
        bytes,
      );
    } catch (error) {
      if (statusOf(error) === NATIVE_STATUS.CANCELLED) signal?.throwIfAborted();
      throw toDeviceError(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}
