/**
 * Normal numbers by the ziggurat: the half under the density is cut into 256 strips of one area, nearly all of each strip
 * a rectangle under the curve, so that all but 1 % of the numbers cost one product (Marsaglia & Tsang 2000, J. Stat.
 * Software 5(8)). The distribution is that of the density, not near to it.
 *
 * As Doornik has it (2005, "An improved ziggurat method to generate normal random samples"): the strip, the sign and the
 * place in the strip are made of bits of their own, where the first version used some twice.
 *
 * @module
 */
import type { RandomSource } from "../random/random-source.js";

const STRIPS = 256;

/** Where the tail begins: the root for 256 strips (Marsaglia & Tsang 2000, section 4). */
const TAIL_START = 3.654_152_885_361_009;

/** Of each strip under exp(-x²/2), for that start: the rectangle up to it, and the tail. */
const STRIP_AREA = 0.004_928_673_233_974_655;

/** The strips, from the lowest, which has the tail in it, to the one at the top. */
interface Strips {
  /** Width of each, and 0 at the end. That of the lowest is its area over its height. */
  readonly width: Float64Array;
  /** Share of the width that lies under the curve at any height of the strip. */
  readonly safeShare: Float64Array;
  /** Density at each width, and 1 at the end. */
  readonly density: Float64Array;
}

const STRIPS_OF_NORMAL: Strips = /* @__PURE__ */ makeStrips();

/**
 * Fills `normals` with independent standard normal numbers, made of 64 bits each and of more where those do not decide.
 *
 * How long it takes depends on the numbers, by one in a hundred that take longer: of a sum over many it tells nothing that
 * could be of use.
 *
 * @param words - room for twice as many words; what is in it afterwards is as secret as the numbers
 */
export function fillNormals(normals: Float64Array, words: Uint32Array, random: RandomSource): void {
  const { width, safeShare } = STRIPS_OF_NORMAL;
  random.fill(words);
  const { length } = normals;
  let undecided = 0;
  for (let i = 0; i < length; i++) {
    const high = words[2 * i]!;
    const strip = high & 0xff;
    // Of one word 24 bits with a sign, of the other 30: a multiple of 2^-53 from -1 to 1.
    const share = ((high >> 8) * 0x4000_0000 + (words[2 * i + 1]! >>> 2)) * 2 ** -53;
    // The sign goes through the product: as a question of its own it would be guessed wrong half the time.
    normals[i] = share * width[strip]!;
    // Put off: a loop that calls nothing is a third faster. In words that are used up there is room.
    if (!(Math.abs(share) < safeShare[strip]!)) {
      words[2 * undecided] = i;
      words[2 * undecided + 1] = strip;
      undecided++;
    }
  }
  for (let u = 0; u < undecided; u++) {
    const i = words[2 * u]!;
    const x = normals[i]!;
    const magnitude = decide(words[2 * u + 1]!, Math.abs(x), random);
    normals[i] = x < 0 ? -magnitude : magnitude;
  }
}

/** For a place x that is not in the safe part of its strip: under the curve it is taken, in the tail and else made anew. */
function decide(strip: number, x: number, random: RandomSource): number {
  const { width, safeShare, density } = STRIPS_OF_NORMAL;
  for (;;) {
    if (strip === 0) return inTail(random);
    const bottom = density[strip]!;
    const height = bottom + random.uniform() * (density[strip + 1]! - bottom);
    if (height < Math.exp(-0.5 * x * x)) return x;
    strip = Math.ceil(random.uniform() * STRIPS) - 1;
    const share = 1 - random.uniform();
    x = share * width[strip]!;
    if (share < safeShare[strip]!) return x;
  }
}

/** Marsaglia 1964: exponential steps from the start, taken with the probability that the density is below them. */
function inTail(random: RandomSource): number {
  for (;;) {
    const step = -Math.log(random.uniform()) / TAIL_START;
    if (-2 * Math.log(random.uniform()) >= step * step) return TAIL_START + step;
  }
}

function makeStrips(): Strips {
  const width = new Float64Array(STRIPS + 1);
  const density = new Float64Array(STRIPS + 1);
  density[1] = Math.exp(-0.5 * TAIL_START ** 2);
  width[0] = STRIP_AREA / density[1];
  width[1] = TAIL_START;
  for (let i = 2; i < STRIPS; i++) {
    density[i] = density[i - 1]! + STRIP_AREA / width[i - 1]!;
    width[i] = Math.sqrt(-2 * Math.log(density[i]!));
  }
  density[STRIPS] = 1;
  const safeShare = new Float64Array(STRIPS);
  for (let i = 0; i < STRIPS; i++) safeShare[i] = width[i + 1]! / width[i]!;
  return { width, safeShare, density };
}
