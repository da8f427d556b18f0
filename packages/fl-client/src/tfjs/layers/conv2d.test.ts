import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { layerUnderTest, randomTensor, useCpu } from "../../../test/layer-check.js";
import { conv2d } from "./conv2d.js";
import { depthwiseConv2d } from "./depthwise-conv2d.js";

beforeAll(useCpu);

interface Convolution {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

const GEOMETRIES: readonly Convolution[] = [
  { kernel: 3, stride: 1, padding: 1 },
  { kernel: 3, stride: 2, padding: 1 },
  { kernel: 3, stride: 2, padding: 0 },
  { kernel: 1, stride: 2, padding: 0 },
  { kernel: 5, stride: 1, padding: 2 },
  { kernel: 7, stride: 2, padding: 3 },
  { kernel: 2, stride: 1, padding: 1 },
];

/** PyTorch's definition, in its layout: zeros on every side, and what is left over at the end is left out. */
function convolved(
  x: tf.Tensor,
  weight: tf.Tensor,
  { stride, padding, isDepthwise }: Convolution & { readonly isDepthwise: boolean },
): number[] {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kernel] = weight.shape as [number];
  const outChannels = isDepthwise ? channels : weight.shape[3]!;
  const [rows, columns] = [height, width].map(
    (size) => Math.floor((size + 2 * padding - kernel) / stride) + 1,
  ) as [number, number];
  const [values, filter] = [x.arraySync(), weight.arraySync()] as [number[][][][], number[][][][]];
  const result: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let o = 0; o < outChannels; o++) {
          let sum = 0;
          for (let a = 0; a < kernel; a++) {
            for (let b = 0; b < kernel; b++) {
              const pixel = values[n]![i * stride + a - padding]?.[j * stride + b - padding];
              if (pixel === undefined) continue;
              if (isDepthwise) sum += pixel[o]! * filter[a]![b]![o]![0]!;
              else for (let c = 0; c < channels; c++) sum += pixel[c]! * filter[a]![b]![c]![o]!;
            }
          }
          result.push(sum);
        }
      }
    }
  }
  return result;
}

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const values = [...actual.dataSync()];
  expect(values.length).toBe(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
}

describe.each(GEOMETRIES)(
  "a convolution of $kernel, stride $stride, padding $padding",
  (geometry) => {
    const x = (): tf.Tensor => randomTensor([2, 7, 6, 3]);

    it("pads as PyTorch, with and without a bias", () => {
      for (const bias of [false, true]) {
        const layer = layerUnderTest(conv2d({ inChannels: 3, outChannels: 4, ...geometry, bias }));
        const sums = convolved(x(), layer.state.get("weight")!, {
          ...geometry,
          isDepthwise: false,
        });
        const shift = bias ? layer.values("bias") : [0, 0, 0, 0];
        expectClose(
          layer.forward(x()),
          sums.map((sum, i) => sum + shift[i % 4]!),
        );
      }
    });

    it("pads each channel as PyTorch", () => {
      const layer = layerUnderTest(depthwiseConv2d({ channels: 3, ...geometry }));
      const sums = convolved(x(), layer.state.get("weight")!, { ...geometry, isDepthwise: true });
      expectClose(layer.forward(x()), sums);
    });

    it("tells a tap its input and what comes before the ReLU, and gives the same with it", () => {
      const options = { inChannels: 3, outChannels: 4, ...geometry, activation: "relu" } as const;
      const layer = layerUnderTest(conv2d(options));
      const { y, sites } = layer.tapped(x());
      expectClose(y, [...layer.forward(x()).dataSync()]);
      const { stride, padding } = geometry;
      expect(sites).toHaveLength(1);
      expect(sites[0]!.site).toEqual({
        kind: "convolution",
        prefix: "",
        bias: true,
        strides: [stride, stride],
        padding: [padding, padding],
      });
      expect(sites[0]!.input).toEqual([...x().dataSync()]);
      expect(Math.min(...sites[0]!.output)).toBeLessThan(0);
      expectClose(
        y,
        sites[0]!.output.map((value) => Math.max(0, value)),
      );
    });
  },
);

describe("gradients of a convolution", () => {
  it.each(GEOMETRIES.slice(0, 4))(
    "are those of differences: $kernel, $stride, $padding",
    (geometry) => {
      const x = randomTensor([2, 5, 4, 2]);
      const dense = layerUnderTest(conv2d({ inChannels: 2, outChannels: 2, ...geometry }));
      expect(dense.gradientError(x)).toBeLessThan(1e-3);
      const depthwise = layerUnderTest(depthwiseConv2d({ channels: 2, ...geometry }));
      expect(depthwise.gradientError(x)).toBeLessThan(1e-3);
    },
  );

  it("are the same with the ReLU fused, and without the bias that lets it", () => {
    const options = { inChannels: 2, outChannels: 3, kernel: 3, padding: 1 };
    const x = randomTensor([2, 4, 4, 2]);
    const layer = layerUnderTest(conv2d({ ...options, activation: "relu" }));
    const plain = layerUnderTest(conv2d(options));
    const of = (forward: (x: tf.Tensor) => tf.Tensor): number[] => [
      ...tf
        .grad((input) => tf.sum(tf.square(forward(input))))(x)
        .dataSync(),
    ];
    const fused = of((input) => layer.forward(input));
    const apart = of((input) => tf.relu(plain.forward(input)));
    for (const [i, value] of fused.entries()) expect(value).toBeCloseTo(apart[i]!, 4);
  });

  it("leave out the images where the layer is the first", () => {
    const options = { inChannels: 2, outChannels: 3, kernel: 3, isFirst: true };
    const layer = layerUnderTest(conv2d(options));
    const x = randomTensor([2, 4, 4, 2]);
    const { state } = layer;
    const gradient = tf.grad((weight) => {
      state.set("weight", weight);
      return tf.sum(layer.forward(x));
    })(state.get("weight")!);
    expect(Math.abs(gradient.dataSync()[0]!)).toBeGreaterThan(0);
    expect(() => tf.grad((input) => tf.sum(layer.forward(input)))(x)).toThrow();
  });
});
