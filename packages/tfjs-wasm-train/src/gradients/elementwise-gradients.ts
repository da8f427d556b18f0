/**
 * Gradients of operations that work element by element.
 *
 * @module
 */
import {
  add,
  cast,
  div,
  engine,
  exp,
  type GradConfig,
  getBackend,
  getKernel,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  mul,
  neg,
  onesLike,
  pow,
  reshape,
  scalar,
  sigmoid,
  sign,
  square,
  sub,
  type Tensor,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { unbroadcast } from "./unbroadcast.js";

/** dy times a derivative, for an operation of one input `x` whose derivative is known from what is saved. */
const unary = (
  kernelName: string,
  saved: "input" | "output",
  gradient: (dy: Tensor, saved: Tensor, attrs: Readonly<Record<string, unknown>>) => Tensor,
): GradConfig => ({
  kernelName,
  ...(saved === "input" ? { inputsToSave: ["x"] } : { outputsToSave: [true] }),
  gradFunc: (dy, [value], attrs) => ({ x: () => gradient(dy as Tensor, value!, attrs) }),
});

/** An operation of a and b that are broadcast to each other. */
const binary = (
  kernelName: string,
  ofA: (dy: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
  ofB: (dy: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
): GradConfig => ({
  kernelName,
  inputsToSave: ["a", "b"],
  outputsToSave: [kernelName === "Pow"],
  gradFunc: (dy, [a, b, y]) => ({
    a: () => unbroadcast(ofA(dy as Tensor, a!, b!, y!), a!.shape),
    b: () => unbroadcast(ofB(dy as Tensor, a!, b!, y!), b!.shape),
  }),
});

const masked = (dy: Tensor, mask: Tensor): Tensor => mul(dy, cast(mask, "float32"));

/** dy where y is above 0 and, for a `ceiling`, below it: in one pass if our kernel is there. */
function reluGradient(dy: Tensor, y: Tensor, ceiling: number): Tensor {
  if (getKernel("TrainReluGrad", getBackend()) !== undefined) {
    return engine().runKernel("TrainReluGrad", { dy, y }, { ceiling }) as Tensor;
  }
  const above = greater(y, 0);
  return masked(dy, ceiling === Infinity ? above : logicalAnd(above, less(y, ceiling)));
}

/** Steps: flat wherever there is a slope at all. */
const comparison = (kernelName: string): GradConfig => ({
  kernelName,
  inputsToSave: ["a", "b"],
  gradFunc: (_, [a, b]) => ({
    a: () => cast(zerosLike(a!), "float32"),
    b: () => cast(zerosLike(b!), "float32"),
  }),
});

export const elementwiseGradients: readonly GradConfig[] = [
  binary(
    "Add",
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    "Sub",
    (dy) => dy,
    (dy) => neg(dy),
  ),
  binary(
    "Multiply",
    (dy, _, b) => mul(dy, cast(b, "float32")),
    (dy, a) => mul(dy, cast(a, "float32")),
  ),
  binary(
    "RealDiv",
    (dy, _, b) => div(dy, cast(b, "float32")),
    (dy, a, b) => neg(div(mul(dy, cast(a, "float32")), square(cast(b, "float32")))),
  ),
  binary(
    "Maximum",
    (dy, a, b) => masked(dy, greaterEqual(a, b)),
    (dy, a, b) => masked(dy, less(a, b)),
  ),
  binary(
    "Minimum",
    (dy, a, b) => masked(dy, lessEqual(a, b)),
    (dy, a, b) => masked(dy, greater(a, b)),
  ),
  binary(
    "SquaredDifference",
    (dy, a, b) => mul(dy, mul(sub(a, b), 2)),
    (dy, a, b) => mul(dy, mul(sub(b, a), 2)),
  ),
  binary(
    "Pow",
    (dy, a, b) => mul(dy, mul(cast(b, "float32"), pow(a, sub(b, scalar(1))))),
    // The logarithm of what is not above 0 has no value; its power does not grow with the exponent either.
    (dy, a, _, y) => mul(dy, mul(y, where(greater(a, 0), log(a), zerosLike(a)))),
  ),
  {
    kernelName: "AddN",
    saveAllInputs: true,
    gradFunc: (dy, saved) =>
      Object.fromEntries(saved.map((_, i) => [i, () => (dy as Tensor).clone()])),
  },
  {
    kernelName: "Select",
    inputsToSave: ["condition"],
    gradFunc: (dy, [condition]) => ({
      condition: () => cast(zerosLike(condition!), "float32"),
      t: () => mul(dy as Tensor, cast(condition!, "float32")),
      e: () => sub(dy as Tensor, mul(dy as Tensor, cast(condition!, "float32"))),
    }),
  },
  ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"].map(comparison),
  unary("Neg", "input", (dy) => neg(dy)),
  unary("Abs", "input", (dy, x) => mul(dy, sign(x))),
  unary("Square", "input", (dy, x) => mul(dy, mul(x, 2))),
  unary("Sqrt", "output", (dy, y) => div(dy, mul(y, 2))),
  unary("Rsqrt", "output", (dy, y) => mul(dy, mul(mul(square(y), y), -0.5))),
  unary("Reciprocal", "output", (dy, y) => neg(mul(dy, square(y)))),
  unary("Exp", "output", (dy, y) => mul(dy, y)),
  unary("Expm1", "output", (dy, y) => mul(dy, add(y, 1))),
  unary("Log", "input", (dy, x) => div(dy, x)),
  unary("Log1p", "input", (dy, x) => div(dy, add(x, 1))),
  unary("Sigmoid", "output", (dy, y) => mul(dy, mul(y, sub(1, y)))),
  unary("Tanh", "output", (dy, y) => mul(dy, sub(1, square(y)))),
  unary("Softplus", "input", (dy, x) => mul(dy, sigmoid(x))),
  unary("Erf", "input", (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  unary("Relu", "output", (dy, y) => reluGradient(dy, y, Infinity)),
  unary("Relu6", "output", (dy, y) => reluGradient(dy, y, 6)),
  unary("LeakyRelu", "input", (dy, x, { alpha }) =>
    mul(dy, where(greater(x, 0), onesLike(x), mul(onesLike(x), alpha as number))),
  ),
  unary("Elu", "output", (dy, y) => mul(dy, where(greater(y, 0), onesLike(y), add(y, 1)))),
  unary("ClipByValue", "input", (dy, x, { clipValueMin, clipValueMax }) =>
    masked(
      dy,
      logicalAnd(greaterEqual(x, clipValueMin as number), lessEqual(x, clipValueMax as number)),
    ),
  ),
  unary("Cast", "input", (dy) => cast(dy, "float32")),
  unary("Identity", "input", (dy) => reshape(dy, dy.shape)),
  ...["Floor", "Ceil", "Round", "Sign", "Step", "ZerosLike", "OnesLike"].map((name) =>
    unary(name, "input", (dy) => zerosLike(dy)),
  ),
];
