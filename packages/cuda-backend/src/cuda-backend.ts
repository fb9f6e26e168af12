import {
  type Backend,
  checkInteger,
  type Device,
  DeviceError,
  type DeviceFacts,
  type ProbeResult,
} from '@vram-residency/device';
import type { Addon, NativeDeviceFacts, NativeDriver } from './addon.js';
import { CudaDevice } from './cuda-device.js';
import { DeviceRequests } from './device-requests.js';
import { AddonMissingError, loadAddon } from './load-addon.js';
import { NATIVE_STATUS } from './native-status.js';
import { statusOf, toDeviceError } from './to-device-error.js';

/** The name that the backend records. */
const NAME = 'cuda';

/** Names a stand-in for the driver: for tests of this repository. Its devices say `simulated: true`. */
const STAND_IN_VARIABLE = 'VRAM_RESIDENCY_CUDA_DRIVER';

/**
 * The devices of the CUDA driver. Nothing is loaded before the first call; where the addon or the driver is missing,
 * `probe` says so and everything else rejects.
 *
 * @example
 * const backend = cudaBackend();
 * const probed = await backend.probe();
 * if (probed.status === 'available') {
 *   await using device = await backend.open(0);
 * }
 */
export function cudaBackend(): Backend {
  return new CudaBackend();
}

class CudaBackend implements Backend {
  readonly name: string = NAME;
  #loaded: Promise<{ readonly addon: Addon; readonly driver: NativeDriver }> | undefined;

  async probe(): Promise<ProbeResult> {
    try {
      const { addon, driver } = await this.#load();
      await addon.devices(driver);
      return { status: 'available' };
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const status = statusOf(error);
      // A driver without a GPU is no more than no driver.
      if (
        error instanceof AddonMissingError ||
        status === NATIVE_STATUS.NO_DRIVER ||
        status === NATIVE_STATUS.NO_SUCH_DEVICE
      ) {
        return { status: 'absent', cause };
      }
      const failure = toDeviceError(error);
      return {
        status: 'failed',
        code: failure instanceof DeviceError ? failure.code : 'DEVICE_ERROR',
        cause,
      };
    }
  }

  async devices(): Promise<DeviceFacts[]> {
    try {
      const { addon, driver } = await this.#load();
      return (await addon.devices(driver)).map(toDeviceFacts);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async open(index: number): Promise<Device> {
    checkInteger(index, 'index', 0);
    try {
      const { addon, driver } = await this.#load();
      if (index > 0xffffffff) throw new DeviceError('NO_SUCH_DEVICE', `There is no device ${index}`);
      const { device, facts } = await addon.openDevice(driver, index);
      return new CudaDevice(toDeviceFacts(facts), new DeviceRequests(addon, device));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Loads the addon and the driver once; a failure is tried again by the next call. */
  #load(): Promise<{ readonly addon: Addon; readonly driver: NativeDriver }> {
    this.#loaded ??= openDriver().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  #failure(error: unknown): unknown {
    if (!(error instanceof AddonMissingError)) return toDeviceError(error);
    return new DeviceError('NO_SUCH_DEVICE', 'The CUDA addon is not installed', { cause: error });
  }
}

async function openDriver(): Promise<{ readonly addon: Addon; readonly driver: NativeDriver }> {
  const addon = loadAddon();
  const driver = await addon.openDriver(process.env[STAND_IN_VARIABLE] || null);
  return { addon, driver };
}

function toDeviceFacts(facts: NativeDeviceFacts): DeviceFacts {
  return Object.freeze({ ...facts, backend: NAME });
}
