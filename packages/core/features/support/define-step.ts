import type { World } from './world.js';

/** A row of the table below a step: cells by the column's heading. */
export type Row = Readonly<Record<string, string>>;

type ParametersOf<Expression extends string> = Expression extends `${string}{${infer Kind}}${infer Rest}`
  ? [Kind extends 'int' ? number : string, ...ParametersOf<Rest>]
  : Expression extends `${string}:`
    ? [readonly Row[]]
    : [];

/**
 * Says what a step does, whichever keyword it is written with. `{string}` stands for a text in quotes, `{int}` for a
 * number; a step that ends with a colon is followed by a table.
 */
export type DefineStep = <Expression extends string>(
  expression: Expression,
  run: (world: World, ...parameters: ParametersOf<Expression>) => unknown,
) => void;

/** Steps that belong together. */
export type StepSet = (step: DefineStep) => void;
