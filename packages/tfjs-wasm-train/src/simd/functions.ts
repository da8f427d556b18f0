/**
 * The passes over arrays that training spends its time in besides matrix products, four float32 at a time. V8 compiles a
 * loop over a Float32Array to one element at a time, with a check of its bounds.
 *
 * All addresses are in bytes. Channels are the last axis, and their number a multiple of 4, if not said otherwise.
 *
 * @module
 */
import {
  type AssembledFunction,
  assemble,
  i32,
  type Local,
  loop,
  type Statement,
  vector,
} from "./assembler.js";
import { channelFunctions } from "./channel-functions.js";
import { optimizerFunctions } from "./optimizer-functions.js";

const four = i32.constant(4);
const quad = i32.constant(16);

/** Gradient of ReLU: out = y > 0 and y < ceiling ? dy : 0, over `bytes` (a multiple of 16). */
const reluGrad = assemble(
  "reluGrad",
  ["i32", "i32", "i32", "i32", "f32"],
  ([dy, y, out, bytes, ceiling], local) => {
    const i = local("i32");
    const value = local("v128");
    const top = local("v128");
    return [
      top.set(vector.splat(ceiling)),
      loop(
        i,
        { end: bytes, step: quad },
        value.set(vector.load(i32.add(y, i))),
        vector.store(
          i32.add(out, i),
          vector.and(
            vector.load(i32.add(dy, i)),
            vector.and(vector.greater(value, vector.zero), vector.less(value, top)),
          ),
        ),
      ),
    ];
  },
);

/** max(x, 0) in place, over `bytes` (a multiple of 16). NaN stays. */
const relu = assemble("relu", ["i32", "i32"], ([x, bytes], local) => {
  const i = local("i32");
  const at = local("i32");
  return [
    loop(
      i,
      { end: bytes, step: quad },
      at.set(i32.add(x, i)),
      vector.store(at, vector.max(vector.load(at), vector.zero)),
    ),
  ];
});

/**
 * Transposes `rows` x `columns` (multiples of 4) by blocks of 4 x 4.
 *
 * Strides in bytes: from row to row of the source, and from row to row of the target.
 */
const transpose = assemble(
  "transpose",
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ([source, sourceStride, target, targetStride, rows, columns], local) => {
    const row = local("i32");
    const column = local("i32");
    const from = local("i32");
    const to = local("i32");
    const r = [0, 1, 2, 3].map(() => local("v128")) as Four;
    const t = [0, 1, 2, 3].map(() => local("v128")) as Four;
    const [r0, r1, r2, r3] = r;
    const [t0, t1, t2, t3] = t;
    return [
      loop(
        row,
        { end: rows, step: four },
        from.set(i32.add(source, i32.mul(row, sourceStride))),
        to.set(i32.add(target, i32.shiftLeft(row, 2))),
        loop(
          column,
          { end: columns, step: four },
          r0.set(vector.load(from)),
          r1.set(vector.load(i32.add(from, sourceStride))),
          r2.set(vector.load(i32.add(from, i32.shiftLeft(sourceStride, 1)))),
          r3.set(vector.load(i32.add(from, i32.mul(sourceStride, i32.constant(3))))),
          t0.set(vector.shuffle(r0, r1, [0, 4, 1, 5])),
          t1.set(vector.shuffle(r2, r3, [0, 4, 1, 5])),
          t2.set(vector.shuffle(r0, r1, [2, 6, 3, 7])),
          t3.set(vector.shuffle(r2, r3, [2, 6, 3, 7])),
          vector.store(to, vector.shuffle(t0, t1, [0, 1, 4, 5])),
          to.set(i32.add(to, targetStride)),
          vector.store(to, vector.shuffle(t0, t1, [2, 3, 6, 7])),
          to.set(i32.add(to, targetStride)),
          vector.store(to, vector.shuffle(t2, t3, [0, 1, 4, 5])),
          to.set(i32.add(to, targetStride)),
          vector.store(to, vector.shuffle(t2, t3, [2, 3, 6, 7])),
          to.set(i32.add(to, targetStride)),
          from.set(i32.add(from, quad)),
        ),
      ),
    ];
  },
);

type Four = [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];

/** Copies `rows` rows of `bytes` (a multiple of 16) from one stride to another. */
const copyRows = assemble(
  "copyRows",
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ([source, sourceStride, target, targetStride, rows, bytes], local) => {
    const row = local("i32");
    const i = local("i32");
    return [
      loop(
        row,
        { end: rows, step: i32.constant(1) },
        loop(
          i,
          { end: bytes, step: quad },
          vector.store(i32.add(target, i), vector.load(i32.add(source, i))),
        ),
        source.set(i32.add(source, sourceStride)),
        target.set(i32.add(target, targetStride)),
      ),
    ];
  },
);

/**
 * Gradient of max pooling for a window of `rows` rows of `rowBytes`: dx += dy where x is the first maximum.
 *
 * Any number of channels from 4. The last quad begins at byte `tail` and may overlap the one before it: `mask`, the address
 * of four elements, clears what is done already.
 */
const maxPoolWindow = assemble(
  "maxPoolWindow",
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  ([x, dx, dy, rows, rowStride, rowBytes, pixelBytes, tail, mask], local) => {
    const channel = local("i32");
    const row = local("i32");
    const i = local("i32");
    const at = local("i32");
    const maximum = local("v128");
    const gradient = local("v128");
    const here = local("v128");
    const scan = (...body: readonly Statement[]): Statement =>
      loop(
        row,
        { end: rows, step: i32.constant(1) },
        loop(
          i,
          { end: rowBytes, step: pixelBytes },
          at.set(i32.add(i32.add(channel, i32.mul(row, rowStride)), i)),
          ...body,
        ),
      );
    const window: Statement = [
      ...maximum.set(vector.load(i32.add(x, channel))),
      ...scan(maximum.set(vector.max(maximum, vector.load(i32.add(x, at))))),
      ...scan(
        here.set(vector.equal(vector.load(i32.add(x, at)), maximum)),
        vector.store(
          i32.add(dx, at),
          vector.add(vector.load(i32.add(dx, at)), vector.and(gradient, here)),
        ),
        // Taken: later equals get nothing.
        gradient.set(vector.andNot(gradient, here)),
      ),
    ];
    return [
      loop(
        channel,
        { end: tail, step: quad },
        gradient.set(vector.load(i32.add(dy, channel))),
        window,
      ),
      channel.set(tail),
      gradient.set(vector.and(vector.load(i32.add(dy, channel)), vector.load(mask))),
      window,
    ];
  },
);

/** out += x y, row by row of `bytes`, each with a stride of its own, which may be 0. */
const multiplyAddRows = assemble(
  "multiplyAddRows",
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  ([x, xStride, y, yStride, out, outStride, rows, bytes], local) => {
    const row = local("i32");
    const i = local("i32");
    const to = local("i32");
    return [
      loop(
        row,
        { end: rows, step: i32.constant(1) },
        loop(
          i,
          { end: bytes, step: quad },
          to.set(i32.add(out, i)),
          vector.store(
            to,
            vector.add(
              vector.load(to),
              vector.mul(vector.load(i32.add(x, i)), vector.load(i32.add(y, i))),
            ),
          ),
        ),
        x.set(i32.add(x, xStride)),
        y.set(i32.add(y, yStride)),
        out.set(i32.add(out, outStride)),
      ),
    ];
  },
);

/** All functions of the module that need plain SIMD only. */
export const passFunctions: readonly AssembledFunction[] = [
  ...channelFunctions,
  ...optimizerFunctions,
  relu,
  reluGrad,
  transpose,
  copyRows,
  maxPoolWindow,
  multiplyAddRows,
];
