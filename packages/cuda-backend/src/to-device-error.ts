import { DeviceError, type DeviceErrorCode } from '@vram-residency/device';
import { NATIVE_STATUS } from './native-status.js';

const FAILURES: ReadonlyMap<number, { readonly code: DeviceErrorCode; readonly message: string }> = new Map([
  [
    NATIVE_STATUS.DEVICE_OUT_OF_MEMORY,
    { code: 'OUT_OF_MEMORY', message: 'The device has too little free memory' },
  ],
  [NATIVE_STATUS.NO_DRIVER, { code: 'NO_SUCH_DEVICE', message: 'There is no CUDA driver' }],
  [NATIVE_STATUS.NO_SUCH_DEVICE, { code: 'NO_SUCH_DEVICE', message: 'There is no device of that index' }],
  [NATIVE_STATUS.DEVICE_CLOSED, { code: 'DEVICE_CLOSED', message: 'The device was closed' }],
  [NATIVE_STATUS.ALLOCATION_FREED, { code: 'ALLOCATION_FREED', message: 'The allocation was freed' }],
  [
    NATIVE_STATUS.READ_ONLY,
    { code: 'READ_ONLY', message: 'The allocation was protected and refuses writes' },
  ],
  [NATIVE_STATUS.DEVICE_LOST, { code: 'DEVICE_LOST', message: 'The device or its context is gone' }],
  [
    NATIVE_STATUS.UNSUPPORTED,
    { code: 'UNSUPPORTED_DIGEST', message: 'The device does not compute that digest in place' },
  ],
  [
    NATIVE_STATUS.NOT_EXPORTABLE,
    { code: 'NOT_EXPORTABLE', message: 'The memory cannot be handed to other processes' },
  ],
  [NATIVE_STATUS.NOT_ADOPTABLE, { code: 'NOT_ADOPTABLE', message: 'What was given cannot be adopted' }],
  [NATIVE_STATUS.NOT_OWNED, { code: 'NOT_OWNED', message: 'The memory is its owner’s to change' }],
  [
    NATIVE_STATUS.FILE_UNREADABLE,
    { code: 'FILE_UNREADABLE', message: 'The file that was to be loaded cannot be read' },
  ],
  [NATIVE_STATUS.THREADS_UNAVAILABLE, { code: 'DEVICE_ERROR', message: 'The host started no thread' }],
  [NATIVE_STATUS.OUT_OF_MEMORY, { code: 'DEVICE_ERROR', message: 'The host has too little memory' }],
]);

/** The error of the contract for one of the addon; what is no failure of the addon stays as it is. */
export function toDeviceError(error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined) return error;
  const { code, message } = FAILURES.get(status) ?? {
    code: 'DEVICE_ERROR',
    message: 'The driver refused or failed an operation',
  };
  const { message: detail } = error as Error;
  return detail === ''
    ? new DeviceError(code, message)
    : new DeviceError(code, `${message} (${detail})`, { cause: error });
}

/** The `vram_status` that an error of the addon carries. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
