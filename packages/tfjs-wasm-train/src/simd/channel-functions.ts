/**
 * Sums and linear combinations by channel, which normalization is made of. As in `functions.ts`.
 *
 * @module
 */
import { type AssembledFunction, assemble, i32, type Local, loop, vector } from "./assembler.js";

const quad = i32.constant(16);

type Four = [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];

/**
 * Of each channel the sum of a and the sum of a b, in float64, over `bytes` of pixels of `pixelBytes`.
 *
 * `sums` gets four float64 sums for each four channels; `products` likewise. b may be a.
 */
const channelSums = assemble(
  "channelSums",
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ([a, b, bytes, pixelBytes, sums, products], local) => {
    const channel = local("i32");
    const i = local("i32");
    const x = local("v128");
    const y = local("v128");
    const high = local("v128");
    const [sumLow, sumHigh, productLow, productHigh] = [0, 1, 2, 3].map(() =>
      local("v128"),
    ) as Four;
    const upper = (v: Local<"v128">) => vector.widenLow(vector.shuffle(v, v, [2, 3, 2, 3]));
    return [
      loop(
        channel,
        { end: pixelBytes, step: quad },
        ...[sumLow, sumHigh, productLow, productHigh].map((sum) => sum.set(vector.zero)),
        loop(
          i,
          { start: channel, end: bytes, step: pixelBytes },
          x.set(vector.load(i32.add(a, i))),
          y.set(vector.load(i32.add(b, i))),
          high.set(upper(x)),
          sumHigh.set(vector.addDoubles(sumHigh, high)),
          productHigh.set(vector.addDoubles(productHigh, vector.mulDoubles(high, upper(y)))),
          high.set(vector.widenLow(x)),
          sumLow.set(vector.addDoubles(sumLow, high)),
          productLow.set(
            vector.addDoubles(productLow, vector.mulDoubles(high, vector.widenLow(y))),
          ),
        ),
        vector.store(i32.add(sums, i32.shiftLeft(channel, 1)), sumLow),
        vector.store(i32.add(sums, i32.shiftLeft(channel, 1)), sumHigh, 16),
        vector.store(i32.add(products, i32.shiftLeft(channel, 1)), productLow),
        vector.store(i32.add(products, i32.shiftLeft(channel, 1)), productHigh, 16),
      ),
    ];
  },
);

/** Of each channel the sum of a, in float64; otherwise as {@link channelSums}. */
const channelSum = assemble(
  "channelSum",
  ["i32", "i32", "i32", "i32"],
  ([a, bytes, pixelBytes, sums], local) => {
    const channel = local("i32");
    const i = local("i32");
    const x = local("v128");
    const [low, high] = [local("v128"), local("v128")];
    return [
      loop(
        channel,
        { end: pixelBytes, step: quad },
        low.set(vector.zero),
        high.set(vector.zero),
        loop(
          i,
          { start: channel, end: bytes, step: pixelBytes },
          x.set(vector.load(i32.add(a, i))),
          low.set(vector.addDoubles(low, vector.widenLow(x))),
          high.set(vector.addDoubles(high, vector.widenLow(vector.shuffle(x, x, [2, 3, 2, 3])))),
        ),
        vector.store(i32.add(sums, i32.shiftLeft(channel, 1)), low),
        vector.store(i32.add(sums, i32.shiftLeft(channel, 1)), high, 16),
      ),
    ];
  },
);

/** out = x factor + term, with factor and term of each channel. */
const scaleChannels = assemble(
  "scaleChannels",
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ([x, factors, terms, out, bytes, pixelBytes], local) => {
    const pixel = local("i32");
    const i = local("i32");
    const at = local("i32");
    return [
      loop(
        pixel,
        { end: bytes, step: pixelBytes },
        loop(
          i,
          { end: pixelBytes, step: quad },
          at.set(i32.add(pixel, i)),
          vector.store(
            i32.add(out, at),
            vector.add(
              vector.mul(vector.load(i32.add(x, at)), vector.load(i32.add(factors, i))),
              vector.load(i32.add(terms, i)),
            ),
          ),
        ),
      ),
    ];
  },
);

/** out = x factor + y other + term, with factor, other and term of each channel, which lie one after another. */
const combineChannels = assemble(
  "combineChannels",
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ([x, y, coefficients, out, bytes, pixelBytes], local) => {
    const pixel = local("i32");
    const i = local("i32");
    const at = local("i32");
    const from = local("i32");
    return [
      loop(
        pixel,
        { end: bytes, step: pixelBytes },
        loop(
          i,
          { end: pixelBytes, step: quad },
          at.set(i32.add(pixel, i)),
          from.set(i32.add(coefficients, i)),
          vector.store(
            i32.add(out, at),
            vector.add(
              vector.add(
                vector.mul(vector.load(i32.add(x, at)), vector.load(from)),
                vector.mul(vector.load(i32.add(y, at)), vector.load(i32.add(from, pixelBytes))),
              ),
              vector.load(i32.add(from, i32.shiftLeft(pixelBytes, 1))),
            ),
          ),
        ),
      ),
    ];
  },
);

export const channelFunctions: readonly AssembledFunction[] = [
  channelSums,
  channelSum,
  scaleChannels,
  combineChannels,
];
