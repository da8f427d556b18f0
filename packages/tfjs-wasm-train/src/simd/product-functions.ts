/**
 * Matrix products in which a factor is transposed. The backend's own library multiplies at most as fast, and only after it
 * was given a transposed copy, which it then transposes and packs again.
 *
 * @module
 */
import {
  type AssembledFunction,
  assemble,
  type Expression,
  i32,
  type Local,
  loop,
  vector,
} from "./assembler.js";

type Four<T> = readonly [T, T, T, T];
type Vector = Local<"v128">;
type MultiplyAdd = (a: Expression<"v128">, b: Expression<"v128">, c: Vector) => Expression<"v128">;

const one = i32.constant(1);
/** Eight float32. */
const panel = i32.constant(32);

/** @param relaxed - whether the engine has relaxed SIMD */
export function productFunctions(relaxed: boolean): readonly AssembledFunction[] {
  const multiplyAdd: MultiplyAdd = relaxed
    ? vector.relaxedMultiplyAdd
    : (a, b, c) => vector.add(c, vector.mul(a, b));
  return [transposedProduct(multiplyAdd), rowProduct(multiplyAdd)];
}

/**
 * out += x^T y: out[i, j] += sum of x[p, i] y[p, j] over pixels p, which lie in images, rows and columns with strides in
 * bytes of their own. Elements i lie side by side; there are `inBytes` (a multiple of 16). Elements j, `outBytes` (a multiple
 * of 32), are in panels of eight, `yPanel` apart, in which the pixels lie side by side: at the strides of many channels
 * they would fall on the same few lines of the cache.
 *
 * Pixels of x may overlap: with a stride of one pixel and the width of a window they are the windows of a convolution.
 * A tile of 4 x 8 sums stays in registers, eight chains of additions being what hides the latency of one.
 */
const transposedProduct = (multiplyAdd: MultiplyAdd): AssembledFunction =>
  assemble(
    "transposedProduct",
    [
      ...(["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const),
      ...(["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const),
    ],
    (
      [
        x,
        y,
        out,
        images,
        xImage,
        yImage,
        rows,
        xRow,
        yRow,
        columns,
        xPixel,
        yPanel,
        inBytes,
        outBytes,
      ],
      local,
    ) => {
      const [i, j, image, row, column] = [0, 1, 2, 3, 4].map(() => local("i32")) as [
        ...Four<Local<"i32">>,
        Local<"i32">,
      ];
      const [to, from, other, xStart, yStart] = [0, 1, 2, 3, 4].map(() => local("i32")) as [
        ...Four<Local<"i32">>,
        Local<"i32">,
      ];
      const [left, right, value] = [local("v128"), local("v128"), local("v128")];
      const lefts = [0, 1, 2, 3].map(() => local("v128"));
      const rights = [0, 1, 2, 3].map(() => local("v128"));
      const lines = [0, 1, 2, 3] as const;
      /** Where line `line` of the tile is in `out`. */
      const target = (line: number) =>
        line === 0 ? to : i32.add(to, i32.mul(outBytes, i32.constant(line)));
      return [
        loop(
          j,
          { end: outBytes, step: panel },
          loop(
            i,
            { end: inBytes, step: i32.constant(16) },
            to.set(i32.add(i32.add(out, j), i32.mul(i32.shiftRight(i, 2), outBytes))),
            ...lines.flatMap((line) => [
              lefts[line]!.set(vector.load(target(line))),
              rights[line]!.set(vector.load(target(line), 16)),
            ]),
            loop(
              image,
              { end: images, step: one },
              xStart.set(i32.add(i32.add(x, i), i32.mul(image, xImage))),
              yStart.set(
                i32.add(i32.add(y, i32.mul(i32.shiftRight(j, 5), yPanel)), i32.mul(image, yImage)),
              ),
              loop(
                row,
                { end: rows, step: one },
                from.set(i32.add(xStart, i32.mul(row, xRow))),
                other.set(i32.add(yStart, i32.mul(row, yRow))),
                loop(
                  column,
                  { end: columns, step: one },
                  left.set(vector.load(other)),
                  right.set(vector.load(other, 16)),
                  ...lines.flatMap((line) => [
                    value.set(vector.loadSplat(from, line * 4)),
                    lefts[line]!.set(multiplyAdd(value, left, lefts[line]!)),
                    rights[line]!.set(multiplyAdd(value, right, rights[line]!)),
                  ]),
                  from.set(i32.add(from, xPixel)),
                  other.set(i32.add(other, panel)),
                ),
              ),
            ),
            ...lines.flatMap((line) => [
              vector.store(target(line), lefts[line]!),
              vector.store(target(line), rights[line]!, 16),
            ]),
          ),
        ),
      ];
    },
  );

/**
 * out = a b^T: out[i, j] = sum of a[i, k] b[j, k] over a row of `bytes` (a multiple of 16). `rows` of a are a multiple of
 * 4, `columns` of out, which are the rows of b, too.
 *
 * Four rows by two are summed at once, four elements of k side by side; the four are added up at the end.
 */
const rowProduct = (multiplyAdd: MultiplyAdd): AssembledFunction =>
  assemble(
    "rowProduct",
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    ([a, b, out, rows, columns, bytes], local) => {
      const [i, j, k, to, from] = [0, 1, 2, 3, 4].map(() => local("i32")) as [
        ...Four<Local<"i32">>,
        Local<"i32">,
      ];
      const starts = [0, 1, 2, 3].map(() => local("i32"));
      const sums = [0, 1, 2, 3, 4, 5, 6, 7].map(() => local("v128"));
      const [first, second, value] = [local("v128"), local("v128"), local("v128")];
      const lines = [0, 1, 2, 3] as const;
      /** a0+a1+a2+a3 of two sums, in elements 0 and 2. */
      const pairSums = (x: Vector, y: Vector): Expression<"v128"> => {
        const halves = vector.add(
          vector.shuffle(x, y, [0, 1, 4, 5]),
          vector.shuffle(x, y, [2, 3, 6, 7]),
        );
        return halves;
      };
      return [
        // Two rows of b stay in the first cache while all of a passes.
        loop(
          j,
          { end: columns, step: i32.constant(2) },
          loop(
            i,
            { end: rows, step: i32.constant(4) },
            ...lines.map((line) =>
              starts[line]!.set(i32.add(a, i32.mul(i32.add(i, i32.constant(line)), bytes))),
            ),
            ...sums.map((sum) => sum.set(vector.zero)),
            from.set(i32.add(b, i32.mul(j, bytes))),
            loop(
              k,
              { end: bytes, step: i32.constant(16) },
              first.set(vector.load(i32.add(from, k))),
              second.set(vector.load(i32.add(i32.add(from, bytes), k))),
              ...lines.flatMap((line) => [
                value.set(vector.load(i32.add(starts[line]!, k))),
                sums[2 * line]!.set(multiplyAdd(value, first, sums[2 * line]!)),
                sums[2 * line + 1]!.set(multiplyAdd(value, second, sums[2 * line + 1]!)),
              ]),
            ),
            ...lines.flatMap((line) => [
              value.set(pairSums(sums[2 * line]!, sums[2 * line + 1]!)),
              value.set(vector.add(value, vector.shuffle(value, value, [1, 0, 3, 2]))),
              to.set(
                i32.add(
                  out,
                  i32.shiftLeft(i32.add(i32.mul(i32.add(i, i32.constant(line)), columns), j), 2),
                ),
              ),
              vector.storePair(to, vector.shuffle(value, value, [0, 2, 0, 2])),
            ]),
          ),
        ),
      ];
    },
  );
