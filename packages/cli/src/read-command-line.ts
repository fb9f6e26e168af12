import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';
import { visible } from './visible.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Config<Known extends Options> = { args: string[]; allowPositionals: true; tokens: true; options: Known };

/** A command's options by name, and its other arguments. */
export type CommandLine<Known extends Options> = Pick<
  ReturnType<typeof parseArgs<Config<Known>>>,
  'values' | 'positionals'
>;

/**
 * Reads a command's arguments. What follows `--` is no option.
 *
 * @throws UsageError for an unknown option, a value too many or too few, an option given twice
 */
export function readCommandLine<Known extends Options>(
  command: string,
  args: readonly string[],
  options: Known,
): CommandLine<Known> {
  const { values, positionals, tokens } = parsed(command, {
    args: [...args],
    allowPositionals: true,
    tokens: true,
    options,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    // The last one would win in silence.
    if (seen.has(token.name)) throw new UsageError(`Option --${token.name} was given twice`, command);
    seen.add(token.name);
  }
  return { values, positionals };
}

function parsed<Known extends Options>(command: string, config: Config<Known>) {
  try {
    return parseArgs(config);
  } catch (error) {
    const isUsage =
      error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS_');
    if (!isUsage) throw error;
    // Node's text goes on with advice; its first sentence names the option.
    const [sentence = ''] = error.message.split(/\. |\.?\n/);
    throw new UsageError(visible(sentence), command);
  }
}
