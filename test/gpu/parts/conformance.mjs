// @ts-check
import { cudaBackend } from '@vram-residency/cuda-backend';
import { runConformance } from '@vram-residency/device/conformance';

/** @type {import('../part.mjs').Part} */
export const conformance = {
  name: 'device conformance suite',
  async run({ slackBytes }) {
    const results = await runConformance(async () => ({ backend: cudaBackend(), slackBytes }));
    const failed = results.flatMap((result) => (result.status === 'failed' ? [result] : []));
    if (failed.length > 0) {
      const causes = failed.map(({ name, error }) => new Error(name, { cause: error }));
      throw new AggregateError(causes, `${failed.length} of ${results.length} cases failed`);
    }
    const passed = results.filter(({ status }) => status === 'passed').length;
    if (passed === 0) throw new Error('No case ran');
    const rest = results.length - passed;
    return `${passed} cases${rest === 0 ? '' : `, ${rest} do not apply to this device`}`;
  },
};
