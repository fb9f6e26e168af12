export const DIGEST_USAGE = `Usage: vram-residency digest FILE... [--digest blake3|sha256-fsverity|sha256]

Prints the digest of each file as "<hex>  <file>", as b3sum and sha256sum do. - is standard input.
A file that cannot be read is told of on standard error, and the others are still digested.

  --digest ALG   blake3 (default), equal to b3sum FILE
                 sha256-fsverity, equal to fsverity digest --compact FILE
                 sha256, equal to sha256sum FILE

Example:
  vram-residency digest --digest sha256 model.safetensors > model.sha256 && sha256sum --check model.sha256

Environment variables: none.
Exit codes: 0 every file was digested, 2 usage or a file that cannot be read, 1 unexpected failure.
`;
