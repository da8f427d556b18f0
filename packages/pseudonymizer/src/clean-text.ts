/**
 * Action C of text (PS3.15 E.3.5, Clean Descriptors Option): words that are known to be safe stay, all others go, and so
 * does every word of an identifier.
 *
 * @module
 */
import { fold } from "./fold.js";
import { SAFE_WORDS } from "./generated/safe-words.js";

/** How texts are cleaned. */
export interface DescriptorOptions {
  /**
   * `strict` keeps words of the lists, numbers of up to three digits, and known words with numbers, such as `T1` and `3mm`.
   * `moderate` also keeps numbers of four digits that are no years, and short codes of letters and digits, such as
   * `tse2d1`. Default `strict`.
   */
  readonly level?: "strict" | "moderate";
  /** Words to keep besides those of the lists, in any spelling of case and accents. */
  readonly words?: readonly string[];
  /** Texts whose words identify somebody, and are never kept: names of staff, say. */
  readonly identifiers?: readonly string[];
}

/**
 * The text with nothing left but what is known to be safe; empty if nothing is.
 *
 * @param identifiers - folded words that are dropped in any case
 */
export type CleanText = (text: string, identifiers: ReadonlySet<string>) => string;

/** The words of all lists. Prepared at the first question. */
let safeWords: ReadonlySet<string> | undefined;

/** Digits in a row, however set apart, that may be a telephone number, a date, or a number of a file. */
const MAX_DIGITS_IN_A_ROW = 6;

/** Makes action C of text. */
export function createCleanText(options: DescriptorOptions = {}): CleanText {
  const moderate = options.level === "moderate";
  const more = new Set((options.words ?? []).map(fold));
  const isWord = (word: string) => {
    safeWords ??= new Set(Object.values(SAFE_WORDS).flatMap((list) => list.split(" ")));
    return safeWords.has(word) || more.has(word);
  };

  const isSafeNumber = (digits: string) =>
    digits.length <= 3 || (moderate && digits.length === 4 && !/^(?:19|20)/.test(digits));

  /** `t1`, `3mm`, `b1000`: known words and numbers without anything between them. */
  const isSafeCode = (word: string, identifiers: ReadonlySet<string>) => {
    const parts = word.match(/\p{L}+|\p{N}+/gu) ?? [];
    if (parts.length > 4 || parts.some((part) => identifiers.has(part))) return false;
    if (parts.join("") !== word) return false;
    const known = parts.every((part, i) =>
      /^\p{N}/u.test(part) ? part.length <= digitsAfter(parts[i - 1]) : isWord(part),
    );
    return known || (moderate && word.length <= 8 && parts.every((part) => part.length <= 4));
  };

  const isSafe = (word: string, identifiers: ReadonlySet<string>) => {
    if (identifiers.has(word)) return false;
    if (isWord(word)) return true;
    if (/^\d+$/.test(word)) return isSafeNumber(word);
    return /\p{N}/u.test(word) && isSafeCode(word, identifiers);
  };

  return (text, identifiers) => {
    const tokens = tokensOf(text);
    dropNumbersInRow(tokens);
    let cleaned = "";
    let gap = false;
    for (const { text: token, folded, before, dropped } of tokens) {
      if (dropped || !isSafe(folded, identifiers)) {
        gap = true;
        continue;
      }
      const between = gap || !/^[\s\-_/+.,;:()%&*=<>]{0,3}$/.test(before) ? " " : before;
      cleaned += (cleaned === "" ? "" : between) + token;
      gap = false;
    }
    return cleaned;
  };
}

/** Quantities that have long numbers: diffusion, echo, repetition and inversion time; `x` of sizes such as `512x512`. */
const LONG_NUMBERS: ReadonlySet<string | undefined> = new Set(["b", "te", "ti", "tr", "x"]);

/** Numbers behind a short code are short (`C5`, `T1`): longer ones may be of a room, or an examination. */
function digitsAfter(letters: string | undefined): number {
  if (LONG_NUMBERS.has(letters)) return 4;
  return letters === undefined || letters.length > 2 ? 3 : 2;
}

interface Token {
  readonly text: string;
  readonly folded: string;
  /** What stands between the token and the one before it. */
  readonly before: string;
  dropped: boolean;
}

/** Runs of letters, their marks, and digits. What looks like an address is dropped at once. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    const [token] = match;
    const before = text.slice(end, match.index);
    end = match.index + token.length;
    const dropped = isAddressSign(text[end]) || isAddressSign(before.at(-1)) || before === "://";
    tokens.push({ text: token, folded: fold(token), before, dropped });
  }
  return tokens;
}

function isAddressSign(character: string | undefined): boolean {
  return character === "@";
}

/** Drops what may be a date, a time, a telephone number or an identifier with signs in it. */
function dropNumbersInRow(tokens: readonly Token[]): void {
  for (let start = 0; start < tokens.length; ) {
    let end = start;
    let digits = 0;
    let tight = 0;
    let isTime = false;
    while (end < tokens.length && /^\d+$/.test((tokens[end] as Token).folded)) {
      const { before, folded } = tokens[end] as Token;
      if (end > start) {
        if (!/^[\s./:+()-]{1,3}$/.test(before)) break;
        if (/^[./-]$/.test(before)) tight++;
        if (before === ":") isTime = true;
      }
      digits += folded.length;
      end++;
    }
    if (digits > MAX_DIGITS_IN_A_ROW || tight > 1 || isTime) {
      for (let i = start; i < end; i++) (tokens[i] as Token).dropped = true;
    }
    start = Math.max(end, start + 1);
  }
}
