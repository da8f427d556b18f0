import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { layerUnderTest, randomTensor, useCpu } from "../../../test/layer-check.js";
import { denseBlock, denseTransition } from "./dense-block.js";
import { invertedResidual } from "./inverted-residual.js";
import { residualBlock } from "./residual-block.js";
import { numbered, sequential } from "./sequential.js";

beforeAll(useCpu);

const group = { normalization: "group" } as const;

function names(module: { readonly state: readonly { readonly name: string }[] }): string {
  return module.state.map(({ name }) => name.replace(/\.(weight|bias)$/, "")).join(" ");
}

it("adds what goes in, and where size or channels change a convolution of it", () => {
  const same = residualBlock({ inChannels: 2, outChannels: 2, stride: 1, ...group });
  expect(names(same)).toBe("conv1 bn1 bn1 conv2 bn2 bn2");
  const half = residualBlock({ inChannels: 2, outChannels: 3, stride: 2, ...group });
  expect(names(half)).toBe("conv1 bn1 bn1 conv2 bn2 bn2 downsample.0 downsample.1 downsample.1");
  const x = randomTensor([1, 4, 4, 2]);
  expect(layerUnderTest(half).forward(x).shape).toEqual([1, 2, 2, 3]);

  // With the last norm at 0, what is left is the shortcut.
  const layer = layerUnderTest(same);
  for (const name of ["bn2.weight", "bn2.bias"]) layer.state.set(name, tf.zeros([2]));
  expect([...layer.forward(x).dataSync()]).toEqual([...tf.relu(x).dataSync()]);
});

it("keeps all channels, and adds some with each layer", () => {
  const options = { layers: 2, inChannels: 3, growth: 2, bottleneck: 4, ...group };
  const block = denseBlock(options);
  expect(names(block)).toBe(
    ["denselayer1", "denselayer2"]
      .flatMap((layer) =>
        ["norm1", "norm1", "conv1", "norm2", "norm2", "conv2"].map((part) => `${layer}.${part}`),
      )
      .join(" "),
  );
  expect(block.state.find(({ name }) => name === "denselayer2.conv1.weight")!.shape).toEqual([
    8, 5, 1, 1,
  ]);
  const x = randomTensor([1, 3, 2, 3]);
  const y = layerUnderTest(block).forward(x);
  expect(y.shape).toEqual([1, 3, 2, 7]);
  expect([...tf.slice(y, [0, 0, 0, 0], [1, 3, 2, 3]).dataSync()]).toEqual([...x.dataSync()]);
  expect(
    layerUnderTest(denseTransition(5, "group")).forward(randomTensor([1, 5, 4, 5])).shape,
  ).toEqual([1, 2, 2, 2]);
});

it("widens, filters each channel, and narrows", () => {
  const same = { inChannels: 2, outChannels: 2, stride: 1, expansion: 3, ...group };
  expect(names(invertedResidual(same))).toBe(
    "conv.0.0 conv.0.1 conv.0.1 conv.1.0 conv.1.1 conv.1.1 conv.2 conv.3 conv.3",
  );
  expect(names(invertedResidual({ ...same, expansion: 1 }))).toBe(
    "conv.0.0 conv.0.1 conv.0.1 conv.1 conv.2 conv.2",
  );
  const x = randomTensor([1, 4, 4, 2]);
  const layer = layerUnderTest(invertedResidual(same));
  for (const name of ["conv.3.weight", "conv.3.bias"]) layer.state.set(name, tf.zeros([2]));
  expect([...layer.forward(x).dataSync()]).toEqual([...x.dataSync()]);
  const half = layerUnderTest(invertedResidual({ ...same, stride: 2 }));
  expect(half.forward(x).shape).toEqual([1, 2, 2, 2]);
});

it.each([
  ["residual", residualBlock({ inChannels: 2, outChannels: 2, stride: 2, ...group })],
  ["dense", denseBlock({ layers: 2, inChannels: 2, growth: 1, bottleneck: 2, ...group })],
  [
    "inverted",
    invertedResidual({ inChannels: 1, outChannels: 2, stride: 1, expansion: 2, ...group }),
  ],
] as const)("has the gradients of differences: %s", (_, block) => {
  const channels = block.state.find(({ name }) =>
    /conv1\.weight|conv\.0\.0\.weight|norm1\.weight/.test(name),
  )!;
  const inChannels = channels.shape.length === 1 ? channels.shape[0]! : channels.shape[1]!;
  // ReLUs have kinks that a difference may step over: this seed has none near.
  const x = randomTensor([1, 3, 3, inChannels], 4);
  expect(layerUnderTest(block, 5).gradientError(x)).toBeLessThan(2e-2);
});

it("composes names, and hands each layer its own", () => {
  const inner = sequential([
    ["last", residualBlock({ inChannels: 1, outChannels: 1, stride: 1, ...group })],
  ]);
  const outer = sequential([["features", sequential(numbered([inner], 2))]]);
  expect(outer.state[0]!.name).toBe("features.2.last.conv1.weight");
  const { sites } = layerUnderTest(outer).tapped(randomTensor([1, 3, 3, 1]));
  expect(sites.map(({ site }) => site.prefix)).toEqual(
    ["conv1.", "bn1.", "conv2.", "bn2."].map((name) => `features.2.last.${name}`),
  );
});
