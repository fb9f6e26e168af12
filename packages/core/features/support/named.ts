/** What a feature names in words; words that no step knows are a mistake in the feature. */
export function named<Value>(meanings: Readonly<Record<string, Value>>, words: string): Value {
  if (!Object.hasOwn(meanings, words)) throw new Error(`No step knows what "${words}" means`);
  return meanings[words] as Value;
}
