import { type Backend, DeviceError, simulatedBackend } from '@vram-residency/device';

/** Options of the backends that a command line can give. */
interface BackendOptions {
  /** Memory of the simulated device in bytes. */
  readonly capacityBytes?: number;
}

/** A backend as the command line knows it. */
export interface BackendEntry {
  readonly name: string;
  /** Whether its devices are no GPUs. */
  readonly simulated: boolean;
  /** The index of its device that `--device` names, if it names one of this backend. */
  deviceIndex(device: string): number | undefined;
  create(options: BackendOptions): Backend;
  /** What to do where the backend is absent, one sentence. */
  readonly remedyIfAbsent: string;
}

/** Every backend there is, in the order in which `doctor` reports them. */
export const BACKENDS: readonly BackendEntry[] = [
  {
    name: 'cuda',
    simulated: false,
    deviceIndex: (device) => (/^(?:0|[1-9][0-9]{0,3})$/.test(device) ? Number(device) : undefined),
    create: () => missingBackend('cuda', 'this version has no CUDA backend'),
    remedyIfAbsent: 'Use the simulated device, --device sim, until a version with that backend is installed.',
  },
  {
    name: 'simulated',
    simulated: true,
    deviceIndex: (device) => (device === 'sim' ? 0 : undefined),
    create: ({ capacityBytes }) =>
      simulatedBackend(capacityBytes === undefined ? {} : { devices: [{ capacityBytes }] }),
    remedyIfAbsent: 'Install vram-residency again.',
  },
];

/** A backend that is no part of this version, so that whoever asks for it is told so. */
function missingBackend(name: string, cause: string): Backend {
  return {
    name,
    probe: async () => ({ status: 'absent', cause }),
    devices: async () => [],
    open: async () => {
      throw new DeviceError('NO_SUCH_DEVICE', cause);
    },
  };
}
