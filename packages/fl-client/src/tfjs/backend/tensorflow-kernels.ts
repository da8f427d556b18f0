/**
 * Convolution and max pooling of TensorFlow with padding as PyTorch has it.
 *
 * tfjs-node 4.22.0 refuses any padding but `same` and `valid` in gradients of convolution and in pooling, although
 * TensorFlow's operations take rows and columns of zeros on each side as `EXPLICIT` (since 2.4). These kernels pass it on.
 *
 * @module
 */
import {
  backend_util,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tensor1d,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

/** What is used of tfjs-node's backend. */
interface TensorflowBackend {
  readonly binding: Readonly<
    Record<"TF_ATTR_INT" | "TF_ATTR_STRING" | "TF_ATTR_TYPE" | "TF_FLOAT", number>
  >;
  readonly executeSingleOutput: (
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
  ) => TensorInfo;
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | readonly number[];
}

type Shape4D = [number, number, number, number];

/** Puts the kernels of this file in the place of tfjs-node's; a second call does nothing. */
export function registerTensorflowKernels(): void {
  for (const kernel of KERNELS) {
    const { kernelName, backendName } = kernel;
    const present = getKernel(kernelName, backendName);
    if (present?.kernelFunc === kernel.kernelFunc) continue;
    if (present != null) unregisterKernel(kernelName, backendName);
    registerKernel(kernel);
  }
}

const KERNELS: readonly KernelConfig[] = [
  convolution("Conv2D", false),
  convolution("DepthwiseConv2dNative", true),
  inputGradient("Conv2DBackpropInput", false),
  inputGradient("DepthwiseConv2dNativeBackpropInput", true),
  filterGradient("Conv2DBackpropFilter", false),
  filterGradient("DepthwiseConv2dNativeBackpropFilter", true),
  pooling("MaxPool", ["x"]),
  pooling("MaxPoolGrad", ["input", "output", "dy"]),
];

function convolution(kernelName: string, depthwise: boolean): KernelConfig {
  return kernelOf(kernelName, (backend, inputs, attrs) => {
    const x = inputs["x"] as TensorInfo;
    const filter = inputs["filter"] as TensorInfo;
    const info = convolutionInfo(x.shape, filter.shape, attrs, depthwise);
    return backend.executeSingleOutput(kernelName, attributes(backend, info), [x, filter]);
  });
}

function inputGradient(kernelName: string, depthwise: boolean): KernelConfig {
  return kernelOf(kernelName, (backend, inputs, attrs) => {
    const filter = inputs["filter"] as TensorInfo;
    const dy = inputs["dy"] as TensorInfo;
    const info = convolutionInfo(attrs["inputShape"] as number[], filter.shape, attrs, depthwise);
    return withShape(info.inShape, (shape) =>
      backend.executeSingleOutput(kernelName, attributes(backend, info), [shape, filter, dy]),
    );
  });
}

function filterGradient(kernelName: string, depthwise: boolean): KernelConfig {
  return kernelOf(kernelName, (backend, inputs, attrs) => {
    const x = inputs["x"] as TensorInfo;
    const dy = inputs["dy"] as TensorInfo;
    const info = convolutionInfo(x.shape, attrs["filterShape"] as number[], attrs, depthwise);
    return withShape(info.filterShape, (shape) =>
      backend.executeSingleOutput(kernelName, attributes(backend, info), [x, shape, dy]),
    );
  });
}

function pooling(kernelName: string, inputNames: readonly [string, ...string[]]): KernelConfig {
  return kernelOf(kernelName, (backend, inputs, attrs) => {
    const tensors = inputNames.map((name) => inputs[name] as TensorInfo);
    const info = backend_util.computePool2DInfo(
      (tensors[0] as TensorInfo).shape as Shape4D,
      attrs["filterSize"] as number,
      attrs["strides"] as number,
      1,
      attrs["pad"] as number,
      attrs["dimRoundingMode"] as "floor" | undefined,
    );
    const { TF_ATTR_INT } = backend.binding;
    const size = [1, info.filterHeight, info.filterWidth, 1];
    const pool = { name: "ksize", type: TF_ATTR_INT, value: size };
    // Pooling knows no dilation; all else it shares with convolution.
    const shared = attributes(backend, info).filter(({ name }) => name !== "dilations");
    return backend.executeSingleOutput(kernelName, [...shared, pool], tensors);
  });
}

function kernelOf(
  kernelName: string,
  run: (
    backend: TensorflowBackend,
    inputs: Readonly<Record<string, TensorInfo | undefined>>,
    attrs: NamedAttrMap,
  ) => TensorInfo,
): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
    run(backend as TensorflowBackend, inputs, attrs ?? {});
  return { kernelName, backendName: "tensorflow", kernelFunc };
}

/** For NHWC, the only layout in use here: {@link backend_util.computeConv2DInfo} throws for a filter that does not fit. */
function convolutionInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap,
  depthwise: boolean,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attrs["strides"] as number,
    (attrs["dilations"] as number | null | undefined) ?? 1,
    attrs["pad"] as number,
    attrs["dimRoundingMode"] as "floor" | undefined,
    depthwise,
    attrs["dataFormat"] === "NCHW" ? "channelsFirst" : "channelsLast",
  );
}

/** Those of float32, the only type that is trained with. */
function attributes({ binding }: TensorflowBackend, info: backend_util.Conv2DInfo): Attribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_FLOAT } = binding;
  const { type, top, bottom, left, right } = info.padInfo;
  const padding = type === "VALID" || type === "SAME" ? type : "EXPLICIT";
  const isLast = info.dataFormat === "channelsLast";
  const perAxis = (height: number, width: number): number[] =>
    isLast ? [1, height, width, 1] : [1, 1, height, width];
  const list: Attribute[] = [
    { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
    {
      name: "strides",
      type: TF_ATTR_INT,
      value: perAxis(info.strideHeight, info.strideWidth),
    },
    {
      name: "dilations",
      type: TF_ATTR_INT,
      value: perAxis(info.dilationHeight, info.dilationWidth),
    },
    { name: "padding", type: TF_ATTR_STRING, value: padding },
    { name: "data_format", type: TF_ATTR_STRING, value: isLast ? "NHWC" : "NCHW" },
  ];
  if (padding === "EXPLICIT") {
    const sides = [top, bottom, left, right];
    const value = isLast ? [0, 0, ...sides, 0, 0] : [0, 0, 0, 0, ...sides];
    list.push({ name: "explicit_paddings", type: TF_ATTR_INT, value });
  }
  return list;
}

function withShape(shape: number[], run: (shape: Tensor) => TensorInfo): TensorInfo {
  const tensor = tensor1d(shape, "int32");
  const result = run(tensor);
  tensor.dispose();
  return result;
}
