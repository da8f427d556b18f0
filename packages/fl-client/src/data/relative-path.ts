/**
 * Paths as manifests have them: relative, `/` between names, the same on every machine.
 *
 * @module
 */

/** What no name may have: it would end, or lead elsewhere, on one system or another. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\\/:]/u;

/** Whether this leads to somewhere below where it starts: never absolute, no `..`, no drive. */
export function isRelativePath(path: string): boolean {
  return path.split("/").every(isName);
}

/** Whether this names one file or folder, here and nowhere else. */
export function isName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !FORBIDDEN.test(name);
}
