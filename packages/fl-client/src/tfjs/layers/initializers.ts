/**
 * First values of arrays, as PyTorch draws them.
 *
 * @module
 */
import { normalOf } from "../../seeded-random.js";
import type { StateEntry } from "./module.js";

type Initializer = StateEntry["initialize"];

/** All the same. */
export function constant(value: number): Initializer {
  return (values) => {
    values.fill(value);
  };
}

/**
 * PyTorch's default of `Conv2d` and `Linear`, for weight and bias: `kaiming_uniform_` with a = √5, whose gain √(2 / (1 + a²))
 * leaves numbers within ±1 / √fanIn (He et al. 2015, arXiv:1502.01852, equation 14).
 *
 * @param fanIn - inputs of one output: channels of the input times height and width of the kernel
 */
export function uniformOfFanIn(fanIn: number): Initializer {
  const bound = 1 / Math.sqrt(fanIn);
  return (values, random) => {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
  };
}

/** Normal numbers of mean 0. */
export function normal(standardDeviation: number): Initializer {
  return (values, random) => {
    for (let i = 0; i < values.length; i++) values[i] = standardDeviation * normalOf(random);
  };
}

/**
 * `kaiming_normal_` for layers before a ReLU: variance 2 / fan (He et al. 2015, equations 10 and 14).
 *
 * @param fan - numbers that an output is computed from (fan-in), or that an input goes to (fan-out)
 */
export function kaimingNormal(fan: number): Initializer {
  return normal(Math.sqrt(2 / fan));
}
