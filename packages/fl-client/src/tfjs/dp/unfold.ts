/**
 * The patches of images that a convolution sees.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** A convolution as taps tell it, with its sizes. */
export interface ConvolutionGeometry {
  readonly strides: readonly [height: number, width: number];
  /** Zeros on every side. */
  readonly padding: readonly [height: number, width: number];
  /** Of the filter. */
  readonly kernel: readonly [height: number, width: number];
  /** Of one image. */
  readonly input: readonly [height: number, width: number, channels: number];
  /** Of one image. */
  readonly output: readonly [height: number, width: number, channels: number];
}

/** (N, H, W, C) to (N, pixels of the output, kernel · C), in the order of an HWIO filter. On every backend. */
export function unfold(x: tf.Tensor4D, geometry: ConvolutionGeometry): tf.Tensor3D {
  const { strides, padding, kernel, output } = geometry;
  const [samples, , , channels] = x.shape;
  const [rows, columns] = output;
  return tf.tidy(() => {
    const sides = padding.map((size): [number, number] => [size, size]);
    const wide = tf.pad4d(x, [[0, 0], sides[0]!, sides[1]!, [0, 0]]);
    const taps: tf.Tensor3D[] = [];
    for (let row = 0; row < kernel[0]; row++) {
      for (let column = 0; column < kernel[1]; column++) {
        const end = [samples, row + strides[0] * (rows - 1) + 1, 0, channels];
        end[2] = column + strides[1] * (columns - 1) + 1;
        const begin = [0, row, column, 0];
        const seen = tf.stridedSlice(wide, begin, end, [1, strides[0], strides[1], 1]);
        taps.push(tf.reshape(seen, [samples, rows * columns, channels]));
      }
    }
    return tf.concat(taps, 2);
  });
}
