/**
 * Normalization with its gradient by hand: by kernels of this package where they are registered, else composed of ops.
 *
 * @module
 */
import {
  add,
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  mean as meanOf,
  mul,
  type NamedTensorMap,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
} from "@tensorflow/tfjs-core";
import type { NormalizeAttributes } from "./kernels.js";

/** y, and the statistics `[outer, groups]` it was normalized by. The variance is the biased one. */
export interface Normalized {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Scale and offset of the channels. */
export interface Affine {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
}

/**
 * Normalizes x by blocks of the first axis and groups of the last.
 *
 * Differentiable in x, scale and offset through y; mean and variance are constants.
 */
export function normalize(
  x: Tensor,
  attributes: NormalizeAttributes,
  affine: Affine | undefined,
): Normalized {
  const statistics: Tensor[] = [];
  const forward = (inputs: NamedTensorMap): Tensor => {
    const [y, mean, variance] = run("TrainNormalize", composedForward, inputs, attributes);
    statistics.push(mean, variance);
    return y;
  };
  const backward = (dy: Tensor, inputs: NamedTensorMap): [Tensor, Tensor, Tensor] =>
    run("TrainNormalizeGrad", composedGradient, { dy, ...inputs }, attributes);

  // The statistics leave the scope of customGrad, which disposes of all but its value.
  const survive = (save: GradSaveFunc, ...inputs: Tensor[]): [Tensor, Tensor] => {
    const kept = statistics.map((tensor) => engine().keep(tensor.clone())) as [Tensor, Tensor];
    save([...inputs, ...kept]);
    statistics.length = 0;
    statistics.push(...kept);
    return kept;
  };
  let y: Tensor;
  if (affine === undefined) {
    y = customGrad((...args: unknown[]) => {
      const [x, save] = args as [Tensor, GradSaveFunc];
      const value = forward({ x });
      survive(save, x);
      return {
        value,
        gradFunc: (dy: Tensor, [x, mean, variance]: Tensor[]) =>
          backward(dy, { x: x!, mean: mean!, variance: variance! })[0],
      };
    })(x);
  } else {
    y = customGrad((...args: unknown[]) => {
      const [x, scale, offset, save] = args as [Tensor, Tensor, Tensor, GradSaveFunc];
      const value = forward({ x, scale, offset });
      survive(save, x, scale);
      return {
        value,
        gradFunc: (dy: Tensor, [x, scale, mean, variance]: Tensor[]) =>
          backward(dy, { x: x!, scale: scale!, mean: mean!, variance: variance! }),
      };
    })(x, affine.scale, affine.offset);
  }
  const [mean, variance] = statistics.map((tensor) => {
    const result = tidy(() => tensor.clone());
    tensor.dispose();
    return result;
  }) as [Tensor, Tensor];
  return { y, mean, variance };
}

type Triple = [Tensor, Tensor, Tensor];

function run(
  kernelName: string,
  composed: (inputs: NamedTensorMap, attributes: NormalizeAttributes) => Triple,
  inputs: NamedTensorMap,
  attributes: NormalizeAttributes,
): Triple {
  if (getKernel(kernelName, getBackend()) === undefined) return composed(inputs, attributes);
  return engine().runKernel(kernelName, inputs, { ...attributes }) as unknown as Triple;
}

/** [outer, pixels, groups, channels of a group]; statistics are over axes 1 and 3. */
function blocked(x: Tensor, { outer, groups }: NormalizeAttributes): Tensor {
  const channels = x.shape.at(-1)!;
  const pixels = outer === 0 ? 0 : x.size / (outer * channels);
  return reshape(x, [outer, pixels, groups, channels / groups]);
}

/** As a block's parameters are to be broadcast. */
function ofChannels(parameter: Tensor, { groups }: NormalizeAttributes): Tensor {
  return reshape(parameter, [1, 1, groups, parameter.size / groups]);
}

function composedForward(
  { x, scale, offset }: NamedTensorMap,
  attributes: NormalizeAttributes,
): Triple {
  const blocks = blocked(x!, attributes);
  const mean = meanOf(blocks, [1, 3], true);
  const centered = sub(blocks, mean);
  const variance = meanOf(square(centered), [1, 3], true);
  let y: Tensor = mul(centered, rsqrt(add(variance, attributes.epsilon)));
  if (scale !== undefined) y = mul(y, ofChannels(scale, attributes));
  if (offset !== undefined) y = add(y, ofChannels(offset, attributes));
  const statistics = [attributes.outer, attributes.groups];
  return [reshape(y, x!.shape), reshape(mean, statistics), reshape(variance, statistics)];
}

function composedGradient(
  { dy, x, scale, mean, variance }: NamedTensorMap,
  attributes: NormalizeAttributes,
): Triple {
  const { outer, groups, epsilon } = attributes;
  const inverse = rsqrt(add(reshape(variance!, [outer, 1, groups, 1]), epsilon));
  const normalized = mul(
    sub(blocked(x!, attributes), reshape(mean!, [outer, 1, groups, 1])),
    inverse,
  );
  const dys = blocked(dy!, attributes);
  const g = scale === undefined ? dys : mul(dys, ofChannels(scale, attributes));
  const slope = meanOf(mul(g, normalized), [1, 3], true);
  const dx = mul(inverse, sub(sub(g, meanOf(g, [1, 3], true)), mul(normalized, slope)));
  const channels = [x!.shape.at(-1)!];
  return [
    reshape(dx, x!.shape),
    reshape(sum(mul(dys, normalized), [0, 1]), channels),
    reshape(sum(dys, [0, 1]), channels),
  ];
}
