/** What a verification that succeeded checked. */
interface Verification {
  readonly shardId: string;
  /** `full`: the signature, and every byte in device memory; `signature`: the signature alone. */
  readonly mode: 'full' | 'signature';
  /** Bytes whose digest was computed in device memory. */
  readonly bytesVerified: number;
}

/** A verification of the signature and of every byte. */
export interface FullVerification extends Verification {
  readonly mode: 'full';
}
