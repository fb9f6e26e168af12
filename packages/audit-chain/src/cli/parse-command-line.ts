import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorCode } from '../node/error-code.js';
import { UsageError } from './usage-error.js';

/**
 * Parses arguments as `parseArgs` of node:util does.
 *
 * @throws {@link UsageError} with one sentence; it never holds the value of an argument, which may be a secret
 */
export function parseCommandLine<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (cause) {
    if (errorCode(cause) === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
      throw new UsageError('Expected no argument besides the options', { cause });
    }
    // Node explains at length; its first sentence names the option.
    const [sentence = ''] = cause instanceof Error ? cause.message.split(/\. |\n/, 1) : [];
    throw new UsageError(sentence, { cause });
  }
}

/** @throws {@link UsageError} unless there is exactly one positional argument */
export function onlyPositional(positionals: readonly string[], what: string): string {
  const [only] = positionals;
  if (only === undefined || positionals.length > 1) throw new UsageError(`Expected ${what}, and one only`);
  return only;
}
