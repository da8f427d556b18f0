/**
 * Whether one folder is, or lies in, another.
 *
 * @module
 */
import { relative, resolve, sep } from "node:path";

/** Compares names: both paths have to be real ones. */
export function isWithin(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  // On another drive the way is absolute.
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way);
}
