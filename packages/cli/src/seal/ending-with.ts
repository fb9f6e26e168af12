/**
 * Runs `work`, and then `end` however it went. What failed first is thrown; if `end` fails after `work` did, that is
 * told to `onSecond`, so that it hides nothing.
 */
export async function endingWith<Result>(
  work: () => Promise<Result>,
  end: () => Promise<void>,
  onSecond: (error: unknown) => void,
): Promise<Result> {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await end().catch(onSecond);
    throw error;
  }
  await end();
  return result;
}
