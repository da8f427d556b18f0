/**
 * Gradients of matrix products, convolutions and pooling, by the kernels that compute them.
 *
 * @module
 */
import {
  type Conv2DAttrs,
  conv2d,
  engine,
  type GradConfig,
  matMul,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { unbroadcast } from "./unbroadcast.js";

type Attributes = Readonly<Record<string, unknown>>;

const run = (kernelName: string, inputs: Record<string, Tensor>, attrs: Attributes): Tensor =>
  engine().runKernel(
    kernelName,
    inputs,
    attrs as Parameters<ReturnType<typeof engine>["runKernel"]>[2],
  );

const convolution = (kernelName: string, ofInput: string, ofFilter: string): GradConfig => ({
  kernelName,
  inputsToSave: ["x", "filter"],
  gradFunc: (dy, [x, filter], attrs) => ({
    x: () =>
      run(ofInput, { dy: dy as Tensor, filter: filter! }, { ...attrs, inputShape: x!.shape }),
    filter: () =>
      run(ofFilter, { x: x!, dy: dy as Tensor }, { ...attrs, filterShape: filter!.shape }),
  }),
});

export const matrixGradients: readonly GradConfig[] = [
  {
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (gradient, [a, b], attrs) => {
      const dy = gradient as Tensor;
      const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
      const ofA = () =>
        transposeA ? matMul(b!, dy, transposeB, true) : matMul(dy, b!, false, !transposeB);
      const ofB = () =>
        transposeB ? matMul(dy, a!, true, transposeA) : matMul(a!, dy, !transposeA, false);
      return { a: () => unbroadcast(ofA(), a!.shape), b: () => unbroadcast(ofB(), b!.shape) };
    },
  },
  convolution("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"),
  convolution(
    "DepthwiseConv2dNative",
    "DepthwiseConv2dNativeBackpropInput",
    "DepthwiseConv2dNativeBackpropFilter",
  ),
  {
    // What `conv2dTranspose` runs: linear in both, so that its gradients are the other two of the three.
    kernelName: "Conv2DBackpropInput",
    inputsToSave: ["dy", "filter"],
    gradFunc: (ddx, [dy, filter], attrs) => {
      const { strides, pad, dataFormat, dimRoundingMode } = attrs as unknown as Conv2DAttrs;
      return {
        dy: () =>
          conv2d(ddx as Tensor4D, filter as Tensor4D, strides, pad, dataFormat, 1, dimRoundingMode),
        filter: () =>
          run(
            "Conv2DBackpropFilter",
            { x: ddx as Tensor, dy: dy! },
            { ...attrs, filterShape: filter!.shape },
          ),
      };
    },
  },
  {
    kernelName: "MaxPool",
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attrs) => ({
      x: () =>
        run(
          "MaxPoolGrad",
          { dy: dy as Tensor, input: x!, output: y! },
          attrs as unknown as Attributes,
        ),
    }),
  },
  {
    kernelName: "AvgPool",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => ({
      x: () => run("AvgPoolGrad", { dy: dy as Tensor, input: x! }, attrs as unknown as Attributes),
    }),
  },
];
