/**
 * A step of Adam (Kingma & Ba 2015, arXiv:1412.6980) or AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101), in place, by
 * PyTorch's formulas (torch.optim.Adam, torch.optim.AdamW).
 *
 * @module
 */
import {
  add,
  div,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import { float32View, isShared, tensorChanged, wasmBackend } from "../float-32-view.js";
import { simdOf } from "../simd/simd-module.js";
import { assertSameShape } from "./assert-same-shape.js";

export interface AdamStep {
  /** Changed in place. */
  readonly parameter: Variable;
  readonly gradient: Tensor;
  /** Running mean of the gradient; changed in place, zeros before the first step. */
  readonly firstMoment: Variable;
  /** Running mean of the squared gradient; changed in place, zeros before the first step. */
  readonly secondMoment: Variable;
  /** 1 for the first step. */
  readonly step: number;
  readonly learningRate: number;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Whether the parameter decays by itself (AdamW), and not through the gradient (Adam). Default false. */
  readonly decoupled?: boolean;
}

/**
 * Takes one step.
 *
 * @throws {@link RangeError} if shapes differ, or `step` is not a whole number from 1
 */
export function adamStep(options: AdamStep): void {
  const { parameter, gradient, firstMoment, secondMoment, step, learningRate } = options;
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0,
    decoupled = false,
  } = options;
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`step: expected a whole number from 1, got ${step}`);
  }
  assertSameShape(parameter, { gradient, firstMoment, secondMoment });
  // The corrections of both biases, as factors of the numerator and of the root.
  const stepSize = learningRate / (1 - beta1 ** step);
  const rootFactor = 1 / Math.sqrt(1 - beta2 ** step);
  const decay = decoupled ? 1 - learningRate * weightDecay : 1;
  const gradientDecay = decoupled ? 0 : weightDecay;
  const ownView = (variable: Variable) => (isShared(variable) ? undefined : float32View(variable));
  const p = ownView(parameter);
  const g = float32View(gradient);
  const m = ownView(firstMoment);
  const v = ownView(secondMoment);
  if (p === undefined || g === undefined || m === undefined || v === undefined) {
    tidy(() => {
      const d: Tensor = add(gradient, mul(parameter, gradientDecay));
      const first = add(mul(firstMoment, beta1), mul(d, 1 - beta1));
      const second = add(mul(secondMoment, beta2), mul(square(d), 1 - beta2));
      firstMoment.assign(first);
      secondMoment.assign(second);
      const change = div(mul(first, stepSize), add(mul(sqrt(second), rootFactor), epsilon));
      parameter.assign(sub(mul(parameter, decay), change));
    });
    return;
  }
  const size = p.length;
  const wasm = wasmBackend();
  const simd = wasm && simdOf(wasm);
  const even = simd === undefined ? 0 : size - (size % 4);
  simd?.adam(
    p.byteOffset,
    g.byteOffset,
    m.byteOffset,
    v.byteOffset,
    even * 4,
    gradientDecay,
    1 - beta1,
    beta2,
    1 - beta2,
    decay,
    stepSize,
    rootFactor,
    epsilon,
  );
  for (let i = even; i < size; i++) {
    const d = g[i]! + gradientDecay * p[i]!;
    const first = m[i]! + (d - m[i]!) * (1 - beta1);
    const second = beta2 * v[i]! + (1 - beta2) * d * d;
    m[i] = first;
    v[i] = second;
    p[i] = decay * p[i]! - (stepSize * first) / (Math.sqrt(second) * rootFactor + epsilon);
  }
  tensorChanged(parameter);
}
