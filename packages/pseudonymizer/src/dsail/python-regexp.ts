/**
 * Regular expressions as Python writes them, in JavaScript's way: named groups, and what stands for groups in replacements.
 *
 * @module
 */

/** Of an expression: `(?P<name>…)` and `(?P=name)`. */
export function expressionOfPython(find: string): string {
  return find.replace(/\\[\s\S]|\(\?P<|\(\?P=(\w+)\)/g, (found, name: string | undefined) => {
    if (name !== undefined) return `\\k<${name}>`;
    return found === "(?P<" ? "(?<" : found;
  });
}

/** Of a replacement: `\1`, `\g<1>` and `\g<name>`; a `$` is itself. */
export function replacementOfPython(replace: string): string {
  const ESCAPE = /\$|\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g;
  return replace.replace(ESCAPE, (found, named?: string, number?: string, other?: string) => {
    if (found === "$") return "$$";
    const group = named ?? number;
    if (group === undefined) return other === "n" ? "\n" : other === "\\" ? "\\" : found;
    // Python's group 0 is all that was found.
    if (/^0+$/.test(group)) return "$&";
    return /^\d+$/.test(group) ? `$${group.padStart(2, "0")}` : `$<${group}>`;
  });
}
