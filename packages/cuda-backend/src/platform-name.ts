/**
 * What this process runs on, as the packages with the compiled addon are named: `linux-x64-gnu`, `linux-arm64-musl`,
 * `darwin-arm64`.
 */
export function platformName(): string {
  const { platform, arch } = process;
  if (platform !== 'linux') return `${platform}-${arch}`;
  return `${platform}-${arch}-${hasGlibc() ? 'gnu' : 'musl'}`;
}

/** Node names the glibc that it runs on, and nothing where it runs on musl. */
function hasGlibc(): boolean {
  const { header } = process.report.getReport() as unknown as {
    readonly header: { readonly glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime !== undefined;
}
