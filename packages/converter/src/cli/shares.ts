/**
 * `--fractions`, `--sites` and `--names`: lists with commas. Whether shares are shares is for those who use them.
 *
 * @module
 */
import type { Fractions } from "../split.js";

/** @throws {@link RangeError} unless it is like `train=0.7,valid=0.2,test=0.1` */
export function parseFractions(text: string): Fractions {
  const fractions = text.split(",").map((part) => {
    const [, name = "", share = ""] = /^(.*)=(.*)$/s.exec(part) ?? [];
    return [name.trim(), numberOf(share)] as const;
  });
  const names = new Set(fractions.map(([name]) => name));
  if (names.size < fractions.length || fractions.some(([, share]) => Number.isNaN(share))) {
    throw new RangeError("--fractions: expected a list such as train=0.7,valid=0.2,test=0.1");
  }
  return Object.fromEntries(fractions);
}

/** @throws {@link RangeError} unless it is like `3` or `0.5,0.3,0.2` */
export function parseSites(text: string): number | readonly number[] {
  const numbers = text.split(",").map(numberOf);
  if (numbers.some(Number.isNaN)) {
    throw new RangeError("--sites: expected a number, or shares such as 0.5,0.3,0.2");
  }
  const [first] = numbers;
  return numbers.length === 1 && first !== undefined ? first : numbers;
}

export function parseNames(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}

/** Not of nothing, which `Number` takes for 0. */
function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
