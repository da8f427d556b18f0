/**
 * Reading JSON whose form is known, key by key: `JSON.parse` keeps neither the order of keys that are integers, nor the
 * first of two that are equal.
 *
 * @module
 */

/** A text, and how far it was read. */
export interface JsonCursor {
  readonly text: string;
  at: number;
}

/** Reads a character that gives structure, if it comes next. */
function takeJson(cursor: JsonCursor, char: "{" | "}" | "[" | "]" | ":" | ","): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}

/** Reads a string; undefined if none comes next. */
export function takeJsonString(cursor: JsonCursor): string | undefined {
  skipSpace(cursor);
  const { text, at } = cursor;
  if (text[at] !== '"') return undefined;
  let end = at;
  let isEscaped: boolean;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return undefined;
    isEscaped = false;
    for (let i = end - 1; text[i] === "\\"; i--) isEscaped = !isEscaped;
  } while (isEscaped);
  cursor.at = end + 1;
  try {
    return JSON.parse(text.slice(at, end + 1)) as string;
  } catch {
    return undefined;
  }
}

/** Reads an integer of 0 or more; undefined if none comes next. */
function takeJsonInteger(cursor: JsonCursor): number | undefined {
  skipSpace(cursor);
  const pattern = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return undefined;
  cursor.at = pattern.lastIndex;
  const value = Number(found[0]);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Reads the entries of an object, each by `readEntry`, which reads what is after the colon.
 *
 * @returns false if it is not an object, has a key twice, or `readEntry` said so
 */
export function takeJsonObject(cursor: JsonCursor, readEntry: (key: string) => boolean): boolean {
  if (!takeJson(cursor, "{")) return false;
  if (takeJson(cursor, "}")) return true;
  const keys = new Set<string>();
  do {
    const key = takeJsonString(cursor);
    if (key === undefined || keys.has(key) || !takeJson(cursor, ":")) return false;
    keys.add(key);
    if (!readEntry(key)) return false;
  } while (takeJson(cursor, ","));
  return takeJson(cursor, "}");
}

/** Reads a list of integers of 0 or more; undefined if none comes next. */
export function takeJsonIntegers(cursor: JsonCursor): readonly number[] | undefined {
  if (!takeJson(cursor, "[")) return undefined;
  const items: number[] = [];
  if (takeJson(cursor, "]")) return items;
  do {
    const item = takeJsonInteger(cursor);
    if (item === undefined) return undefined;
    items.push(item);
  } while (takeJson(cursor, ","));
  return takeJson(cursor, "]") ? items : undefined;
}

/** Whether nothing but white space is left. */
export function isJsonEnd(cursor: JsonCursor): boolean {
  skipSpace(cursor);
  return cursor.at === cursor.text.length;
}

function skipSpace(cursor: JsonCursor): void {
  while (" \t\r\n".includes(cursor.text[cursor.at] ?? "x")) cursor.at++;
}
