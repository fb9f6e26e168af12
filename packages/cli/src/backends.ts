import { cudaBackend } from '@vram-residency/cuda-backend';
import { type Backend, simulatedBackend } from '@vram-residency/device';

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
    // A stand-in for the driver is chosen by this variable alone, and its devices are no GPUs.
    simulated: (process.env['VRAM_RESIDENCY_CUDA_DRIVER'] ?? '') !== '',
    deviceIndex: (device) => (/^(?:0|[1-9][0-9]{0,3})$/.test(device) ? Number(device) : undefined),
    create: () => cudaBackend(),
    remedyIfAbsent: 'Install the NVIDIA driver and the addon for this platform, or use --device sim.',
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
