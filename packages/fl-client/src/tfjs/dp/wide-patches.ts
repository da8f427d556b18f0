/**
 * The patches that a convolution sees, written by few long copies.
 *
 * An image lies as planes of one channel with the zeros of the padding around it; with strides, as a plane for each
 * remainder of row and column. Then what one place of the filter meets at all pixels of the output is **one** piece of a
 * plane, if an output row is thought to be as wide as the plane is. What it has too many is met by zeros: the gradient of
 * the output is written into rows of that width.
 *
 * @module
 */
import type { ConvolutionGeometry } from "./unfold.js";

/** Where everything lies. In floats. */
export interface WideLayout {
  /** Pixels of the output in rows as wide as a plane. */
  readonly pixels: number;
  /** Rows of patches: channels · kernel, channels outside. */
  readonly rows: number;
  /** All planes, and as many zeros behind them as the last piece may be too long. */
  readonly planesSize: number;
  /** Writes one image into planes, whose padding is zero and stays so. */
  readonly writePlanes: (heap: Float32Array, image: number, planes: number) => void;
  /** Writes patches (rows, pixels) from planes. */
  readonly writePatches: (heap: Float32Array, planes: number, patches: number) => void;
  /** Writes a gradient (output pixels, channels) into (pixels, channels), whose other places are zero and stay so. */
  readonly writeGradient: (heap: Float32Array, gradient: number, wide: number) => void;
}

export function wideLayout(geometry: ConvolutionGeometry): WideLayout {
  const { strides, padding, kernel, input, output } = geometry;
  const [height, width, channels] = input;
  const [down, right] = strides;
  const planeWidth = Math.ceil((width + 2 * padding[1]) / right);
  const planeHeight = Math.ceil((height + 2 * padding[0]) / down);
  const area = planeHeight * planeWidth;
  const pixels = output[0] * planeWidth;
  const planesOfChannel = down * right;
  /** Of each place of the filter, the plane of a channel, and where in it. */
  const pieces = Array.from({ length: kernel[0] * kernel[1] }, (_, place) => {
    const [row, column] = [Math.floor(place / kernel[1]), place % kernel[1]];
    const plane = (row % down) * right + (column % right);
    return plane * area + Math.floor(row / down) * planeWidth + Math.floor(column / right);
  });

  return {
    pixels,
    rows: channels * pieces.length,
    planesSize: channels * planesOfChannel * area + Math.max(...pieces) + pixels,
    writePlanes: (heap, image, planes) => {
      const step = planesOfChannel * area;
      let from = image;
      for (let row = 0; row < height; row++) {
        const y = row + padding[0];
        const start = planes + (y % down) * right * area + Math.floor(y / down) * planeWidth;
        for (let column = 0; column < width; column++) {
          const x = column + padding[1];
          let to = start + (x % right) * area + Math.floor(x / right);
          for (let c = 0; c < channels; c++, to += step) heap[to] = heap[from++]!;
        }
      }
    },
    writePatches: (heap, planes, patches) => {
      let to = patches;
      for (let c = 0; c < channels; c++) {
        const channel = planes + c * planesOfChannel * area;
        for (const piece of pieces) {
          heap.copyWithin(to, channel + piece, channel + piece + pixels);
          to += pixels;
        }
      }
    },
    writeGradient: (heap, gradient, wide) => {
      const length = output[1] * output[2];
      for (let row = 0; row < output[0]; row++) {
        const from = gradient + row * length;
        heap.copyWithin(wide + row * planeWidth * output[2], from, from + length);
      }
    },
  };
}
