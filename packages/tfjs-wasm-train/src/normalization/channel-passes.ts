/**
 * The two passes that normalization is made of: sums of each channel, and a linear combination with coefficients of each
 * channel; by SIMD where there is any and channels come in fours.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Simd, simdOf } from "../simd/simd-module.js";
import { address, allocateDoubles, doubles, floats, release } from "../wasm-kernel.js";

/** How the elements of a block lie. */
export interface Layout {
  readonly pixels: number;
  readonly channels: number;
  /** Channels that share mean and variance. */
  readonly groupSize: number;
}

/** Room for what the passes read and write besides tensors. To be made after all outputs. */
export interface ChannelPasses {
  /** Of each channel the sum of a, and that of a b: what {@link ChannelPasses.sum} fills. */
  readonly sums: () => readonly [Float64Array, Float64Array];
  /** What {@link ChannelPasses.combine} reads: a factor for each source, then the term, for each channel. */
  readonly coefficients: () => readonly Float32Array[];
  readonly sum: (a: TensorInfo, b: TensorInfo, block: number) => void;
  /** target = sum of source times its factor, plus term. */
  readonly combine: (sources: readonly TensorInfo[], target: TensorInfo, block: number) => void;
  readonly release: () => void;
}

/** @param rows - coefficients of a channel: one more than the sources that are combined */
export function channelPasses(backend: BackendWasm, layout: Layout, rows: 2 | 3): ChannelPasses {
  const { channels, pixels } = layout;
  const sumRoom = allocateDoubles(backend, 2 * channels);
  const coefficientRoom = backend.makeOutput([rows * channels], "float32");
  const sums = doubles(backend, sumRoom);
  const coefficients = floats(backend, coefficientRoom);
  const [first, second] = [sums.subarray(0, channels), sums.subarray(channels)];
  const coefficientRows = Array.from({ length: rows }, (_, row) =>
    coefficients.subarray(row * channels, (row + 1) * channels),
  );
  const simd: Simd | undefined = channels % 4 === 0 ? simdOf(backend) : undefined;
  const size = pixels * channels;
  const at = (tensor: TensorInfo, block: number) => address(backend, tensor) + block * size * 4;
  const slice = (tensor: TensorInfo, block: number) =>
    floats(backend, tensor).subarray(block * size, (block + 1) * size);
  const sumAddress = address(backend, sumRoom);
  const rowAddress = address(backend, coefficientRoom);
  const pixelBytes = channels * 4;
  return {
    sums: () => [first, second],
    coefficients: () => coefficientRows,
    sum: (a, b, block) => {
      if (simd === undefined) {
        sumChannels(slice(a, block), slice(b, block), first, second);
        return;
      }
      const [start, other] = [at(a, block), at(b, block)];
      const products = sumAddress + channels * 8;
      simd.channelSums(start, other, size * 4, pixelBytes, sumAddress, products);
    },
    combine: ([a, b], target, block) => {
      const [factors, others, terms] = coefficientRows as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const to = at(target, block);
      if (b === undefined && simd !== undefined) {
        const termAddress = rowAddress + pixelBytes;
        simd.scaleChannels(at(a!, block), rowAddress, termAddress, to, size * 4, pixelBytes);
      } else if (b !== undefined && simd !== undefined) {
        simd.combineChannels(at(a!, block), at(b, block), rowAddress, to, size * 4, pixelBytes);
      } else if (b === undefined) {
        scaleChannels(slice(a!, block), factors, others, slice(target, block));
      } else {
        const [from, other] = [slice(a!, block), slice(b, block)];
        combineChannels(from, other, factors, others, terms, slice(target, block));
      }
    },
    release: () => release(backend, sumRoom, coefficientRoom),
  };
}

function sumChannels(
  a: Float32Array,
  b: Float32Array,
  sums: Float64Array,
  products: Float64Array,
): void {
  sums.fill(0);
  products.fill(0);
  for (let position = 0; position < a.length; ) {
    for (let c = 0; c < sums.length; c++) {
      const value = a[position]!;
      sums[c]! += value;
      products[c]! += value * b[position++]!;
    }
  }
}

function scaleChannels(
  x: Float32Array,
  factors: Float32Array,
  terms: Float32Array,
  out: Float32Array,
): void {
  for (let position = 0; position < x.length; ) {
    for (let c = 0; c < factors.length; c++) {
      out[position] = x[position++]! * factors[c]! + terms[c]!;
    }
  }
}

function combineChannels(
  x: Float32Array,
  y: Float32Array,
  ofX: Float32Array,
  ofY: Float32Array,
  terms: Float32Array,
  out: Float32Array,
): void {
  for (let position = 0; position < x.length; ) {
    for (let c = 0; c < ofX.length; c++) {
      out[position] = x[position]! * ofX[c]! + y[position++]! * ofY[c]! + terms[c]!;
    }
  }
}
