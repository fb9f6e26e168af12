/** A key for HMAC-SHA256 whose inner state is prepared once and used for many messages. */
export interface MacKey {
  /** HMAC-SHA256 (RFC 2104) of `message`, 32 bytes. */
  mac(message: Uint8Array): Uint8Array;
  /** The same, as records hold it: 64 lower-case hex digits. */
  macHex(message: Uint8Array): string;
  /** Overwrites the key material this object holds, as far as the runtime allows. */
  destroy(): void;
}

/**
 * Where SHA-256 and HMAC-SHA256 come from. The log's bytes do not depend on the provider: one conformance
 * suite runs over all of them.
 */
export interface HashProvider {
  /** Short name for reports, such as `noble` or `node-crypto`. */
  readonly name: string;
  /** SHA-256 (FIPS 180-4) over the concatenation of `parts`, 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  /** Prepares `key` (any length; here always 32 bytes). The caller keeps ownership of `key`. */
  macKey(key: Uint8Array): MacKey;
}
