import type { Addon, NativeDevice, NativeResult, Operation, RequestMembers } from './addon.js';
import { NATIVE_STATUS } from './native-status.js';
import { statusOf, toDeviceError } from './to-device-error.js';

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
    this.#lastId += 1;
    const id = this.#lastId;
    const cancel = () => this.addon.cancel(this.#device, id);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.addon.submit(this.#device, id, operation, members);
    } catch (error) {
      if (statusOf(error) === NATIVE_STATUS.CANCELLED) signal?.throwIfAborted();
      throw toDeviceError(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}
