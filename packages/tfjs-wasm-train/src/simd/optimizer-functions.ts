/**
 * Steps of optimizers, in place. As in `functions.ts`.
 *
 * @module
 */
import { type AssembledFunction, assemble, i32, type Local, loop, vector } from "./assembler.js";

const quad = i32.constant(16);

type Four = [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];

/** p -= rate (g + decay p), over `bytes` (a multiple of 16). */
const descend = assemble(
  "descend",
  ["i32", "i32", "i32", "f32", "f32"],
  ([parameter, gradient, bytes, rate, decay], local) => {
    const i = local("i32");
    const p = local("v128");
    const [r, d] = [local("v128"), local("v128")];
    return [
      r.set(vector.splat(rate)),
      d.set(vector.splat(decay)),
      loop(
        i,
        { end: bytes, step: quad },
        p.set(vector.load(i32.add(parameter, i))),
        vector.store(
          i32.add(parameter, i),
          vector.sub(
            p,
            vector.mul(r, vector.add(vector.load(i32.add(gradient, i)), vector.mul(d, p))),
          ),
        ),
      ),
    ];
  },
);

/**
 * A step of Adam on parameter, gradient and both moments, over `bytes` (a multiple of 16):
 * d = g + gradientDecay p; m += (d - m) share1; v = beta2 v + share2 d d; p = decay p - size m / (sqrt(v) root + epsilon).
 */
const adam = assemble(
  "adam",
  [
    ...(["i32", "i32", "i32", "i32", "i32", "f32", "f32"] as const),
    ...(["f32", "f32", "f32", "f32", "f32", "f32"] as const),
  ],
  ([parameter, gradient, first, second, bytes, ...numbers], local) => {
    const i = local("i32");
    const [p, d, m, v] = [0, 1, 2, 3].map(() => local("v128")) as Four;
    const splats = numbers.map(() => local("v128"));
    const [gradientDecay, share1, beta2, share2] = splats as unknown as Four;
    const [decay, size, root, epsilon] = splats.slice(4) as unknown as Four;
    return [
      ...splats.map((splat, index) => splat.set(vector.splat(numbers[index]!))),
      loop(
        i,
        { end: bytes, step: quad },
        p.set(vector.load(i32.add(parameter, i))),
        m.set(vector.load(i32.add(first, i))),
        d.set(vector.add(vector.load(i32.add(gradient, i)), vector.mul(gradientDecay, p))),
        m.set(vector.add(m, vector.mul(vector.sub(d, m), share1))),
        v.set(
          vector.add(
            vector.mul(beta2, vector.load(i32.add(second, i))),
            vector.mul(share2, vector.mul(d, d)),
          ),
        ),
        vector.store(i32.add(first, i), m),
        vector.store(i32.add(second, i), v),
        vector.store(
          i32.add(parameter, i),
          vector.sub(
            vector.mul(decay, p),
            vector.div(vector.mul(size, m), vector.add(vector.mul(vector.sqrt(v), root), epsilon)),
          ),
        ),
      ),
    ];
  },
);

export const optimizerFunctions: readonly AssembledFunction[] = [descend, adam];
