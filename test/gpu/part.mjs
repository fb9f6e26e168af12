// @ts-check

/**
 * A part of the suite: a promise about a device, shown on that device.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {(subject: Subject) => Promise<string>} run rejects if the promise is broken; gives what was done, in few words
 */

/**
 * What a part runs on.
 *
 * @typedef {object} Subject
 * @property {import('@vram-residency/device').DeviceFacts} facts of device 0
 * @property {number} modelBytes how large a model to load
 * @property {number} slackBytes by how much free memory may differ, for a driver keeps some and others use the device
 */

/** Thrown by a part that this device or driver cannot run. */
export class NotRun extends Error {
  /** @override */
  name = 'NotRun';
}
