import { describe, expect, it } from "vitest";
import { chiSquare, failuresAsNormal, ksStatistic, normalCdf } from "../../test/distribution.js";
import type { RandomSource } from "../random/random-source.js";
import { seededRandomForTestsOnly } from "../testing.js";
import { fillNormals } from "./ziggurat.js";

const COUNT = 1_000_000;
const TAIL_START = 3.654152885361009;

function normals(count: number, random: RandomSource = seededRandomForTestsOnly(7)): Float64Array {
  const values = new Float64Array(count);
  fillNormals(values, new Uint32Array(2 * count), random);
  return values;
}

describe("the ziggurat", () => {
  const values = normals(COUNT);

  it("has moments, tails and the shape of the normal distribution", () => {
    expect(failuresAsNormal(values, 1)).toEqual([]);
    expect(failuresAsNormal(values, 1.01)).toContain("standardDeviation");
  });

  it("fills 400 classes as the normal distribution does, and not as one 2 % wider", () => {
    const fits = (scale: number) => {
      const counts = new Array<number>(400).fill(0);
      for (const x of values) counts[Math.floor(normalCdf(x * scale) * 400)]!++;
      const { statistic, limit } = chiSquare(counts, new Array<number>(400).fill(COUNT / 400));
      return statistic < limit;
    };
    expect(fits(1)).toBe(true);
    expect(fits(1.02)).toBe(false);
  });

  it("fills the strips' upper halves alike: wedges are neither left out nor counted twice", () => {
    // Borders of strips near the top, the middle and the tail, where wedges are largest.
    const borders = [0, 0.2, 0.2152, 0.29, 0.5, 1, 1.5, 2, 2.5, 3, 3.3, 3.45, TAIL_START];
    const counts = borders.slice(1).map((to, i) => {
      let count = 0;
      for (const x of values) if (Math.abs(x) >= borders[i]! && Math.abs(x) < to) count++;
      return count;
    });
    const expected = borders
      .slice(1)
      .map((to, i) => 2 * COUNT * (normalCdf(to) - normalCdf(borders[i]!)));
    const { statistic, limit } = chiSquare(counts, expected);
    expect(statistic).toBeLessThan(limit);
  });

  it("has a tail of the right weight, sign and shape beyond the last strip", () => {
    // The first word chooses the lowest strip always: a number in 14 is then of the tail.
    const random = seededRandomForTestsOnly(8);
    const lowest: RandomSource = {
      fill: (words) => {
        random.fill(words);
        for (let i = 0; i < words.length; i += 2) words[i] = words[i]! & ~0xff;
      },
      uniform: random.uniform,
    };
    const drawn = normals(400_000, lowest);
    const tail = drawn.filter((x) => Math.abs(x) > TAIL_START);
    const beyond = (x: number) => normalCdf(-x) / normalCdf(-TAIL_START);
    const area = 0.004928673233974655;
    const share = (Math.sqrt(2 * Math.PI) * normalCdf(-TAIL_START)) / area;
    const error = Math.sqrt((share * (1 - share)) / drawn.length);
    expect(Math.abs(tail.length / drawn.length - share)).toBeLessThan(5 * error);
    expect(ksStatistic(tail.map(Math.abs), (x) => 1 - beyond(x))).toBeLessThan(1.95);
    expect(ksStatistic(tail.map(Math.abs), (x) => 1 - beyond(x) ** 1.1)).toBeGreaterThan(1.95);
    const negative = tail.reduce((count, x) => count + (x < 0 ? 1 : 0), 0);
    expect(Math.abs(negative / tail.length - 0.5)).toBeLessThan(2.5 / Math.sqrt(tail.length));
  });

  it("closes at the top: the strips have the area that is under the curve", () => {
    // Of a share just below 1, here 1 - 2^-44, the wedge of the top strip decides, up to the density 1 at 0. Nearer to 1 the
    // density is rounded to that at the strip's bottom, where nothing is under the curve.
    let asked = 0;
    const top: RandomSource = {
      fill: (words) => words.fill(0xffff_f800).fill(0x7fff_ffff, 0, 1),
      uniform: () => {
        // The same number again and again would never be taken.
        if (asked++ > 0) throw new Error("expected the first number to be taken");
        return 2 ** -53;
      },
    };
    const [x] = normals(1, top);
    // The width of the top strip, by the recursion in mpmath with 40 digits.
    expect(Math.abs(x!)).toBeCloseTo(0.215241895985, 10);
  });

  it("tells numbers apart by more than 50 bits", () => {
    const few = normals(100_000);
    expect(new Set(few).size).toBe(few.length);
    const odd = few.reduce((n, x) => n + (Math.fround(x) === x ? 1 : 0), 0);
    expect(odd).toBe(0);
  });
});
