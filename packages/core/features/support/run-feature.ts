import { fileURLToPath } from 'node:url';
import { describeFeature, loadFeature } from '@amiceli/vitest-cucumber';
import { type TestContext, test } from 'vitest';
import { outcomeSteps } from '../steps/outcome-steps.js';
import { recordSteps } from '../steps/record-steps.js';
import { shardSteps } from '../steps/shard-steps.js';
import { workerSteps } from '../steps/worker-steps.js';
import type { DefineStep, StepSet } from './define-step.js';
import { machineUnderTest, TAGS_OF_OTHER_MACHINES } from './machine-under-test.js';
import { World } from './world.js';

const SHARED_STEPS: readonly StepSet[] = [workerSteps, shardSteps, outcomeSteps, recordSteps];

/**
 * Runs every scenario of a feature that makes sense over this run's machine, each in a world of its own, with the shared steps and those of the feature. A step
 * that nobody defined, and an expression that is defined twice, fail the feature.
 *
 * @param name the file in this folder's parent, such as `sealing.feature`
 */
export async function runFeature(name: string, ...ownSteps: readonly StepSet[]): Promise<void> {
  const feature = await loadFeature(fileURLToPath(new URL(`../${name}`, import.meta.url)));
  const { name: machine, missing } = machineUnderTest;
  if (missing !== undefined) {
    test.skip(`${feature.name}, over ${machine}: not run, for ${missing}`);
    return;
  }
  let world = new World();
  let failed = false;

  const declareAll: Parameters<typeof describeFeature>[1] = ({
    AfterEachScenario,
    Background,
    Scenario,
    ScenarioOutline,
    defineSteps,
  }) => {
    defineSteps(({ Given, When, Then, And, But }) => {
      const defined = new Set<string>();
      const step: DefineStep = (expression, run) => {
        if (defined.has(expression)) throw new Error(`The step "${expression}" is defined twice`);
        defined.add(expression);
        for (const keyword of [Given, When, Then, And, But]) {
          keyword(expression, async (context: TestContext, ...parameters: never[]) => {
            if (failed) context.skip('an earlier step of this scenario failed');
            failed = true;
            await (run as (world: World, ...parameters: never[]) => unknown)(world, ...parameters);
            failed = false;
          });
        }
      };
      for (const define of [...SHARED_STEPS, ...ownSteps]) define(step);
    });
    // Before the scenarios: each takes the hook that is set when it is declared.
    AfterEachScenario(async () => {
      const ended = world;
      const passed = !failed;
      world = new World();
      failed = false;
      await ended.end({ passed });
    });
    if (feature.background !== null) Background(() => undefined);
    for (const scenario of feature.scenarii) {
      if (TAGS_OF_OTHER_MACHINES.some((tag) => scenario.tags.has(tag))) continue;
      const declare = 'examples' in scenario ? ScenarioOutline : Scenario;
      declare(scenario.description, () => undefined);
    }
  };
  describeFeature(feature, declareAll, { excludeTags: [...TAGS_OF_OTHER_MACHINES] });
}
