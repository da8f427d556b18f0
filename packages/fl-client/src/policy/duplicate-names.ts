/**
 * Names that stand twice in one object of a JSON text. `JSON.parse` takes the last one, and other readers the first: what
 * a person reads in a policy has to be what holds.
 *
 * @module
 */

/** Strings, and the marks that tell where objects and their names begin and end; everything else is skipped. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The first name that is there twice.
 *
 * @param text - what `JSON.parse` takes
 */
export function findDuplicateName(text: string): string | undefined {
  /** The names of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let string: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":" && string !== undefined) {
      const names = open.at(-1);
      const name = JSON.parse(string) as string;
      if (names?.has(name)) return name;
      names?.add(name);
    }
    string = token.startsWith('"') ? token : undefined;
  }
  return undefined;
}
