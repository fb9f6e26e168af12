export type {
  Allocation,
  ByteRange,
  DigestOptions,
  LoadedFile,
  LoadOptions,
  Protection,
} from './allocation.js';
export type { AllocationApi, AllocationFacts, MemoryAccess, MemoryType } from './allocation-facts.js';
// What every backend refuses before it asks its device.
export { checkAdoptSource, checkBytes, checkChunkRange, checkInteger, checkRange } from './arguments.js';
export type { Backend, ProbeResult } from './backend.js';
export type { AdoptOptions, AllocateOptions, Device, DeviceMemory } from './device.js';
export { DEVICE_ERROR_CODES, DeviceError, type DeviceErrorCode } from './device-error.js';
export type { ComputeCapability, DeviceFacts } from './device-facts.js';
export type { AdoptSource, SharedMemory } from './shared-memory.js';
export {
  type BitFlip,
  type BitFlipAtCall,
  type CallFault,
  type FaultHooks,
  OPERATIONS,
  type Operation,
  type OperationCall,
} from './simulated/fault-hooks.js';
export {
  type SimulatedBackend,
  type SimulatedBackendOptions,
  simulatedBackend,
} from './simulated/simulated-backend.js';
export type {
  AllocationFactOverrides,
  DeviceFactOverrides,
  SimulatedDeviceOptions,
} from './simulated/simulated-options.js';
