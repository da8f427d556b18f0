import { broadcast_util, reshape, sum, type Tensor } from "@tensorflow/tfjs-core";

/** Sums a gradient over the axes that an input of `shape` was repeated along, which gives it that shape. */
export function unbroadcast(gradient: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}
