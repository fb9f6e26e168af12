/** A command line that cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';

  /**
   * @param message one sentence without its full stop
   * @param command whose `--help` says more; without it that of the whole program
   */
  constructor(message: string, command?: string) {
    super(message);
    this.help = command === undefined ? 'vram-residency --help' : `vram-residency ${command} --help`;
  }

  /** The command that prints how it is done. */
  readonly help: string;
}
