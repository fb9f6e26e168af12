/**
 * A base class whose instances cannot be structured-cloned, hence neither posted to another thread nor stored
 * by a browser or by `v8.serialize`: a clone throws DataCloneError. The structured clone algorithm (HTML,
 * StructuredSerializeInternal) copies any plain object, without its private fields, but refuses an object
 * with an internal slot that it does not know. A weak set has one; its methods are not inherited.
 */
export const Uncloneable: new () => object = function (this: object) {
  return Reflect.construct(WeakSet, [], new.target as unknown as new () => object);
} as unknown as new () => object;
