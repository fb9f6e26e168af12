export { conformanceCases } from './cases.js';
export {
  type ConformanceResult,
  describeBackend,
  runConformance,
  type TestRunner,
} from './run-conformance.js';
export type { BackendUnderTest, ConformanceCase, OpenBackend } from './subject.js';
