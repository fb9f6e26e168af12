/** Waits for all, then rejects as the first of them did: nothing goes on in the back of whoever was refused. */
export async function allSettled(operations: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(operations);
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refused !== undefined) throw refused.reason;
}
