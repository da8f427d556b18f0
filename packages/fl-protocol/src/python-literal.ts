/**
 * The part of Python's literals that headers of npy files are written in: dictionaries of texts, and as their values
 * texts, `True`, `False`, `None`, integers of 0 or more, tuples and lists.
 *
 * @module
 */

/** A literal. Tuples and lists are arrays. */
export type PythonLiteral = string | number | boolean | null | readonly PythonLiteral[];

/** Lists in lists, as types with fields have them: to recognize those is all that is needed. */
const MAX_DEPTH = 8;

interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * Reads a dictionary that fills the text, but for white space.
 *
 * @returns undefined if it is no such dictionary
 */
export function parsePythonDictionary(text: string): Map<string, PythonLiteral> | undefined {
  const cursor: Cursor = { text, at: 0 };
  const entries = new Map<string, PythonLiteral>();
  if (!take(cursor, "{")) return undefined;
  while (!take(cursor, "}")) {
    const key = parseText(cursor);
    if (key === undefined || entries.has(key) || !take(cursor, ":")) return undefined;
    const value = parseLiteral(cursor, 0);
    if (value === undefined) return undefined;
    entries.set(key, value);
    if (take(cursor, ",")) continue;
    if (take(cursor, "}")) break;
    return undefined;
  }
  skipSpace(cursor);
  return cursor.at === text.length ? entries : undefined;
}

function parseLiteral(cursor: Cursor, depth: number): PythonLiteral | undefined {
  if (take(cursor, "(")) return parseSequence(cursor, ")", depth + 1);
  if (take(cursor, "[")) return parseSequence(cursor, "]", depth + 1);
  const text = parseText(cursor);
  if (text !== undefined) return text;
  // Python 2 wrote sizes as 3L.
  const [, digits, word] = match(cursor, /(?:(0|[1-9][0-9]*)L?|(True|False|None))(?![\w.])/y) ?? [];
  // Beyond 2^53 it is no size, and refused as one.
  if (digits !== undefined) return Number(digits);
  if (word === undefined) return undefined;
  return word === "None" ? null : word === "True";
}

function parseSequence(
  cursor: Cursor,
  end: ")" | "]",
  depth: number,
): readonly PythonLiteral[] | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const items: PythonLiteral[] = [];
  while (!take(cursor, end)) {
    const item = parseLiteral(cursor, depth);
    if (item === undefined) return undefined;
    items.push(item);
    if (take(cursor, ",")) continue;
    // (3) is a number in brackets.
    if (!take(cursor, end) || (end === ")" && items.length === 1)) return undefined;
    break;
  }
  return items;
}

/** Without escapes: no key and no type needs one. */
function parseText(cursor: Cursor): string | undefined {
  const [, single, double] = match(cursor, /'([^'\\\n]*)'|"([^"\\\n]*)"/y) ?? [];
  return single ?? double;
}

function take(cursor: Cursor, char: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}

function match(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  skipSpace(cursor);
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found !== null) cursor.at = pattern.lastIndex;
  return found ?? undefined;
}

function skipSpace(cursor: Cursor): void {
  while (" \t\r\n".includes(cursor.text[cursor.at] ?? "x")) cursor.at++;
}
