export const USAGE = `Usage: vram-residency COMMAND [ARGUMENTS]

  doctor   what is here: platform, Node, digest engines, backends, devices, and what to do about each problem
  digest   prints the digests of files, as b3sum and sha256sum do
  seal     loads files into device memory, seals them, verifies them in place, and records it in an audit log
  log      reads and verifies audit logs: what audit-chain does

vram-residency COMMAND --help prints a command's options, an example and its environment variables;
vram-residency --version prints the version.

Results go to standard output, progress and diagnostics to standard error. Secrets come from the environment or from
files of mode 0600, never from an argument.

Exit codes: 0 done or verified; 1 unexpected failure; 2 usage or unreadable input; 10 tampered or forked; 11 could not
be fully checked; 12 rolled back; 13 a seal that does not verify, or content that was not expected; 14 refused by
policy; 15 not enough memory.
`;
