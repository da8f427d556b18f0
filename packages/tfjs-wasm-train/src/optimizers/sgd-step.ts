/**
 * A step of stochastic gradient descent, in place, by PyTorch's formulas (torch.optim.SGD).
 *
 * @module
 */
import { add, mul, sub, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { float32View, isShared, tensorChanged, wasmBackend } from "../float-32-view.js";
import { simdOf } from "../simd/simd-module.js";
import { assertSameShape } from "./assert-same-shape.js";

export interface SgdStep {
  /** Changed in place. */
  readonly parameter: Variable;
  readonly gradient: Tensor;
  /** Changed in place; zeros before the first step. None for plain SGD. */
  readonly momentumBuffer?: Variable | undefined;
  readonly learningRate: number;
  /** In [0, 1). Needs a `momentumBuffer` if it is not 0. Default 0. */
  readonly momentum?: number;
  /** How much less than 1 of a gradient enters the buffer. Default 0. */
  readonly dampening?: number;
  /** Times the parameter, added to the gradient. Default 0. */
  readonly weightDecay?: number;
  /** Default false. */
  readonly nesterov?: boolean;
  /** PyTorch does not dampen the first gradient: true for the first step. Default false. */
  readonly firstStep?: boolean;
}

/**
 * d = gradient + weightDecay parameter; buffer = momentum buffer + (1 - dampening) d;
 * parameter -= learningRate (buffer, or with Nesterov d + momentum buffer). Without a buffer parameter -= learningRate d.
 *
 * @throws {@link RangeError} if shapes differ
 * @throws {@link TypeError} if momentum has no buffer
 */
export function sgdStep(step: SgdStep): void {
  const { parameter, gradient, momentumBuffer: buffer, learningRate } = step;
  const { momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = step;
  if (momentum !== 0 && buffer === undefined) {
    throw new TypeError("momentumBuffer: expected a variable for a momentum, got none");
  }
  const entering = step.firstStep === true ? 1 : 1 - dampening;
  assertSameShape(parameter, { gradient, momentumBuffer: buffer });
  const p = isShared(parameter) ? undefined : float32View(parameter);
  const g = float32View(gradient);
  const b = buffer === undefined || isShared(buffer) ? undefined : float32View(buffer);
  if (p === undefined || g === undefined || (buffer !== undefined && b === undefined)) {
    composed({ ...step, momentum, weightDecay, nesterov }, entering);
    return;
  }
  const size = p.length;
  const wasm = wasmBackend();
  const simd = wasm && simdOf(wasm);
  if (b === undefined) {
    const even = simd === undefined ? 0 : size - (size % 4);
    simd?.descend(p.byteOffset, g.byteOffset, even * 4, learningRate, weightDecay);
    for (let i = even; i < size; i++) p[i]! -= learningRate * (g[i]! + weightDecay * p[i]!);
  } else {
    const ofBuffer = nesterov ? momentum : 1;
    const ofGradient = nesterov ? 1 : 0;
    for (let i = 0; i < size; i++) {
      const d = g[i]! + weightDecay * p[i]!;
      const next = momentum * b[i]! + entering * d;
      b[i] = next;
      p[i]! -= learningRate * (ofGradient * d + ofBuffer * next);
    }
  }
  tensorChanged(parameter);
}

function composed(
  {
    parameter,
    gradient,
    momentumBuffer,
    learningRate,
    momentum,
    weightDecay,
    nesterov,
  }: SgdStep & { momentum: number; weightDecay: number; nesterov: boolean },
  entering: number,
): void {
  tidy(() => {
    let d: Tensor = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
    if (momentumBuffer !== undefined) {
      const next = add(mul(momentumBuffer, momentum), mul(d, entering));
      momentumBuffer.assign(next);
      d = nesterov ? add(d, mul(next, momentum)) : next;
    }
    parameter.assign(sub(parameter, mul(d, learningRate)));
  });
}
