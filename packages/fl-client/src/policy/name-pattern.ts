/**
 * Patterns of names: `*` stands for any characters, dots and none included; everything else for itself.
 *
 * @module
 */

/** Whether a name fits a pattern. Time is the product of their lengths at most, whatever they are. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  // Each part as early as it can be: no later place leaves more room for the rest.
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
