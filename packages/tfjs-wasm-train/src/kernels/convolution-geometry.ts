/**
 * The sizes of a convolution or a pooling as tfjs-core computes them, and the attributes to run one with padding given.
 *
 * @module
 */
import { backend_util } from "@tensorflow/tfjs-core";

/** Sizes, strides and padding, as resolved by tfjs-core. */
export type Geometry = backend_util.Conv2DInfo;

/** As tfjs-core passes them to a convolution gradient. */
interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: "same" | "valid" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly dataFormat?: "NHWC" | "NCHW";
}

/** Resolves a convolution of `inputShape` with `filterShape` (both of rank 4). */
export function convolutionGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat = "NHWC" }: ConvolutionAttributes,
  depthwise = false,
): Geometry {
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
}

/** Attributes of Conv2D or DepthwiseConv2dNative, NHWC, with the given rows and columns of zeros around the input. */
export function convolutionAttributes(
  pad: readonly [top: number, bottom: number, left: number, right: number],
  strides: readonly [number, number] = [1, 1],
  dilations: readonly [number, number] = [1, 1],
): object {
  const [top, bottom, left, right] = pad;
  return {
    strides,
    dilations,
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    dataFormat: "NHWC",
  };
}
