/**
 * Action C of text (PS3.15 E.3.5, Clean Descriptors Option): words that are known to be safe stay, all others go, and so
 * does every word of an identifier.
 *
 * @module
 */
import { fold, wordsOf } from "./fold.js";
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

/** Numbers in a row that may be a date. */
const MAX_NUMBERS_IN_A_ROW = 2;

/** Months in codes such as `12MAR85`, in the languages of the lists. */
const MONTH =
  /^\d*(?:jan|ene|gen|feb|fev|mar|mrt|mae|apr|avr|abr|may|mai|mei|mag|jun|giu|jul|lug|aug|aou|ago|sep|set|oct|okt|ott|out|nov|dec|dez|dic)\d*$/;

/** Makes action C of text. */
export function createCleanText(options: DescriptorOptions = {}): CleanText {
  const moderate = options.level === "moderate";
  const more = new Set((options.words ?? []).flatMap(wordsOf));
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
    if (parts.join("") !== word || MONTH.test(word)) return false;
    if (digitsOf(word) > MAX_DIGITS_IN_A_ROW) return false;
    const known = parts.every((part, i) =>
      /^\p{N}/u.test(part) ? part.length <= digitsAfter(parts[i - 1]) : isWord(part),
    );
    return known || (moderate && word.length <= 8 && parts.every((part) => part.length <= 4));
  };

  const isSafe = (word: string, identifiers: ReadonlySet<string>) => {
    if (identifiers.has(word)) return false;
    if (isWord(word)) return true;
    if (/^\d+$/.test(word)) return isSafeNumber(word);
    return /^[\p{L}\d]*\d[\p{L}\d]*$/u.test(word) && isSafeCode(word, identifiers);
  };

  return (text, identifiers) => {
    const tokens = withoutRows(withoutJoined(tokensOf(text), identifiers));
    const safe = tokens.filter(({ folded }) => isSafe(folded, identifiers));
    let cleaned = "";
    let last = -1;
    // What went may have stood between numbers, which then are a row.
    for (const { text: token, before, index } of withoutRows(withoutJoined(safe, identifiers))) {
      const joins = index === last + 1 && /^[\s\-_/+.,;:()%&*=<>]{0,3}$/.test(before);
      cleaned += (cleaned === "" ? "" : joins ? before.replace(/ {2,}/g, " ") : " ") + token;
      last = index;
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
  /** Among all tokens of the text. */
  readonly index: number;
}

/** Runs of letters, their marks, and digits; none of addresses of mail or of the web. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  let index = 0;
  for (const chunk of text.matchAll(/\S+/g)) {
    const [written] = chunk;
    const isAddress = /@|:\/\/|^www\./i.test(written);
    for (const match of written.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
      const [token] = match;
      const start = chunk.index + match.index;
      if (!isAddress) {
        tokens.push({ text: token, folded: fold(token), before: text.slice(end, start), index });
      }
      end = start + token.length;
      index++;
    }
  }
  return tokens;
}

/** More words than that make no identifier. */
const MAX_JOINED = 6;

/** Without identifiers that are set apart in another way: `123 456` of `123456`. */
function withoutJoined(
  tokens: readonly Token[],
  identifiers: ReadonlySet<string>,
): readonly Token[] {
  const dropped = new Set<Token>();
  for (let start = 0; start < tokens.length; start++) {
    let joined = "";
    for (let end = start; end < Math.min(tokens.length, start + MAX_JOINED); end++) {
      joined += (tokens[end] as Token).folded;
      if (end === start || !identifiers.has(joined)) continue;
      for (const token of tokens.slice(start, end + 1)) dropped.add(token);
    }
  }
  return dropped.size === 0 ? tokens : tokens.filter((token) => !dropped.has(token));
}

/** Without what may be a date, a time, a telephone number or an identifier: numbers in a row, whatever is between them. */
function withoutRows(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  for (let start = 0; start < tokens.length; ) {
    let end = start;
    let numbers = 0;
    let digits = 0;
    let isTime = false;
    for (; end < tokens.length; end++) {
      const { folded, before, index } = tokens[end] as Token;
      if (!/\p{N}/u.test(folded)) break;
      const isNumber = /^\p{N}+$/u.test(folded);
      if (isNumber) numbers++;
      // A word between them was unknown: it may have been a month's.
      const isGap = end > start && index !== (tokens[end - 1] as Token).index + 1;
      if (isGap && isNumber) numbers += MAX_NUMBERS_IN_A_ROW;
      // Codes such as C5 and T1 may stand in a row, as long as they are short.
      if (isNumber || digitsOf(folded) > 1) digits += digitsOf(folded);
      if (end > start && before === ":") isTime = true;
    }
    const isRow = numbers > MAX_NUMBERS_IN_A_ROW || digits > MAX_DIGITS_IN_A_ROW || isTime;
    if (end === start) end++;
    else if (isRow) {
      start = end;
      continue;
    }
    for (const token of tokens.slice(start, end)) kept.push(token);
    start = end;
  }
  return kept;
}

function digitsOf(word: string): number {
  return word.match(/\p{N}/gu)?.length ?? 0;
}
