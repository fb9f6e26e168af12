import { type Backend, type Device, DeviceError } from '@vram-residency/device';
import { VramError } from '../errors.js';

/**
 * Opens a device, and says what is missing where the backend cannot work on this machine at all.
 *
 * @throws VramError `BACKEND_ABSENT`, `NO_SUCH_DEVICE`, `DEVICE_FAILED`; RangeError
 */
export async function openDevice(backend: Backend, index: number): Promise<Device> {
  try {
    return await backend.open(index);
  } catch (cause) {
    if (!(cause instanceof DeviceError)) throw cause;
    if (cause.code !== 'NO_SUCH_DEVICE') throw failure('DEVICE_FAILED', index, cause);
    const probe = await backend.probe();
    if (probe.status !== 'absent') throw failure('NO_SUCH_DEVICE', index, cause);
    throw new VramError(
      'BACKEND_ABSENT',
      `The backend ${backend.name} cannot work here: ${probe.cause}. Install what is missing, or give another backend`,
      { cause },
    );
  }
}

function failure(code: 'DEVICE_FAILED' | 'NO_SUCH_DEVICE', index: number, cause: DeviceError): VramError {
  return new VramError(code, `Device ${index} cannot be opened`, { cause });
}
