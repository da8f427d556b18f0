/**
 * Promises that are kept from outside.
 *
 * @module
 */

/** A promise, and who keeps it. */
export function promiseOf<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
} {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}
