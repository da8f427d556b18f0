/**
 * Gradients of operations that move elements about, or reduce axes.
 *
 * @module
 */
import {
  cast,
  concat,
  cumsum,
  equal,
  exp,
  type GradConfig,
  mul,
  onesLike,
  pad,
  reshape,
  reverse,
  slice,
  split,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  unstack,
  util,
} from "@tensorflow/tfjs-core";

/** Undoes the loss of reduced axes: y has ones in their place. */
function keepAxes(
  y: Tensor,
  shape: readonly number[],
  axis: number | number[] | undefined,
): Tensor {
  const axes = util.parseAxisParam(axis ?? shape.map((_, i) => i), [...shape]);
  return reshape(
    y,
    shape.map((size, i) => (axes.includes(i) ? 1 : size)),
  );
}

const extremum = (kernelName: "Max" | "Min"): GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, [x, y], attrs) => {
    const axis = (attrs["reductionIndices"] ?? attrs["axis"]) as number[];
    return {
      x: () =>
        mul(
          keepAxes(dy as Tensor, x!.shape, axis),
          cast(equal(x!, keepAxes(y!, x!.shape, axis)), "float32"),
        ),
    };
  },
});

const reduction = (kernelName: "Sum" | "Mean"): GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const share = kernelName === "Sum" ? 1 : (dy as Tensor).size / x!.size;
      const kept = keepAxes(dy as Tensor, x!.shape, attrs["axis"] as number[] | undefined);
      return mul(share === 1 ? kept : mul(kept, share), onesLike(cast(x!, "float32")));
    },
  }),
});

const sameElements = (kernelName: "Reshape" | "ExpandDims", name: "x" | "input"): GradConfig => ({
  kernelName,
  inputsToSave: [name],
  gradFunc: (dy, [x]) => ({ [name]: () => reshape(dy as Tensor, x!.shape) }),
});

export const shapeGradients: readonly GradConfig[] = [
  reduction("Sum"),
  reduction("Mean"),
  extremum("Max"),
  extremum("Min"),
  sameElements("Reshape", "x"),
  sameElements("ExpandDims", "input"),
  {
    kernelName: "Transpose",
    gradFunc: (dy, _, attrs) => {
      const order = attrs["perm"] as number[];
      const inverse = order.map((_, axis) => order.indexOf(axis));
      return { x: () => transpose(dy as Tensor, inverse) };
    },
  },
  {
    kernelName: "Reverse",
    gradFunc: (dy, _, attrs) => ({ x: () => reverse(dy as Tensor, attrs["dims"] as number[]) }),
  },
  {
    kernelName: "Slice",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const begin = [attrs["begin"] as number | number[]].flat();
      const { shape } = dy as Tensor;
      const paddings = x!.shape.map((size, i): [number, number] => {
        const before = begin[i] ?? 0;
        return [before, size - before - shape[i]!];
      });
      return { x: () => pad(dy as Tensor, paddings) };
    },
  },
  {
    kernelName: "PadV2",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const begin = (attrs["paddings"] as [number, number][]).map(([before]) => before);
      return { x: () => slice(dy as Tensor, begin, x!.shape) };
    },
  },
  {
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, inputs, attrs) => {
      const axis = util.parseAxisParam(attrs["axis"] as number, inputs[0]!.shape)[0]!;
      const sizes = inputs.map(({ shape }) => shape[axis]!);
      const parts = split(dy as Tensor, sizes, axis);
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  {
    kernelName: "SplitV",
    gradFunc: (dy, _, attrs) => ({ x: () => concat(dy as Tensor[], attrs["axis"] as number) }),
  },
  {
    kernelName: "Pack",
    saveAllInputs: true,
    gradFunc: (dy, _, attrs) => {
      const parts = unstack(dy as Tensor, attrs["axis"] as number);
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  {
    kernelName: "Unpack",
    gradFunc: (dy, _, attrs) => ({ value: () => stack(dy as Tensor[], attrs["axis"] as number) }),
  },
  {
    kernelName: "Tile",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => ({
      x: () => {
        let result = dy as Tensor;
        for (const [axis, times] of (attrs["reps"] as number[]).entries()) {
          if (times === 1) continue;
          const { shape } = result;
          const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
          const size = x!.shape[axis]!;
          const folded = [util.sizeFromShape(before), times, size * util.sizeFromShape(after)];
          result = reshape(sum(reshape(result, folded), 1), [...before, size, ...after]);
        }
        return result;
      },
    }),
  },
  {
    kernelName: "GatherV2",
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, [x, indices], attrs) => ({
      x: () => {
        const axis = util.parseAxisParam(attrs["axis"] as number, x!.shape)[0]!;
        if (((attrs["batchDims"] as number | undefined) ?? 0) !== 0) {
          throw new RangeError("batchDims: expected 0 for a gradient of gather");
        }
        const before = util.sizeFromShape(x!.shape.slice(0, axis));
        const after = util.sizeFromShape(x!.shape.slice(axis + 1));
        const rows = transpose(reshape(dy as Tensor, [before, indices!.size, after]), [1, 0, 2]);
        const ids = reshape(indices!, [indices!.size]) as Tensor1D;
        const sums = unsortedSegmentSum(rows, ids, x!.shape[axis]!);
        return reshape(transpose(sums, [1, 0, 2]), x!.shape);
      },
      indices: () => cast(mul(indices!, 0), "float32"),
    }),
  },
  {
    kernelName: "Cumsum",
    inputsToSave: ["x"],
    gradFunc: (dy, _, attrs) => {
      const { axis, exclusive, reverse } = attrs as unknown as {
        axis: number;
        exclusive: boolean;
        reverse: boolean;
      };
      return { x: () => cumsum(dy as Tensor, axis, exclusive, !reverse) };
    },
  },
  {
    kernelName: "Softmax",
    outputsToSave: [true],
    gradFunc: (dy, [y], attrs) => ({
      logits: () => {
        const weighted = mul(dy as Tensor, y!);
        return sub(weighted, mul(sum(weighted, attrs["dim"] as number, true), y!));
      },
    }),
  },
  {
    kernelName: "LogSoftmax",
    outputsToSave: [true],
    gradFunc: (dy, [y], attrs) => ({
      logits: () =>
        sub(dy as Tensor, mul(sum(dy as Tensor, attrs["axis"] as number, true), exp(y!))),
    }),
  },
];
