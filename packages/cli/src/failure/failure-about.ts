/** A failure and what it is about; `cause` is the failure. */
export class FailureAbout extends Error {
  override readonly name = 'FailureAbout';
  /** Such as a file. */
  readonly subject: string;

  constructor(subject: string, cause: unknown) {
    super(subject, { cause });
    this.subject = subject;
  }
}
