/** Exported device memory: what another process, or this one, needs to adopt it. */
export interface SharedMemory {
  /**
   * A file descriptor, whose owner closes it; memory that was adopted by it stays. Programs that are started do not
   * inherit it, but by `stdio` of `child_process.spawn`.
   */
  readonly fd: number;
  /** The bytes of the allocation. */
  readonly sizeBytes: number;
}

/**
 * Memory that somebody else allocated: in another process, which exported it, or in this one, whose native code gives
 * an `external` of `vram/external.h` and keeps the memory until the adopted allocation is freed.
 */
export type AdoptSource = SharedMemory | { readonly external: object };
