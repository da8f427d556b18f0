/**
 * Which optimizer, as plain data.
 *
 * @module
 */

/** What all optimizers may be told. */
interface DecayOptions {
  /** Weight decay, 0 or more. Default 0. */
  readonly weightDecay?: number;
  /**
   * Only filters and matrices decay; biases and norms, which have one axis, do not (fastai's `wd_bn_bias=False`). Default
   * false.
   */
  readonly decayMatricesOnly?: boolean;
}

/** Stochastic gradient descent, as torch.optim.SGD. */
export interface SgdOptions extends DecayOptions {
  readonly kind: "sgd";
  /** 0 to 1, less than 1. Default 0. */
  readonly momentum?: number;
  /** Default 0. */
  readonly dampening?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/** Adam as torch.optim.Adam, whose decay is part of the gradient; AdamW as torch.optim.AdamW, whose decay is not. */
export interface AdamOptions extends DecayOptions {
  readonly kind: "adam" | "adamw";
  /** 0 to 1, less than 1. Default 0.9. */
  readonly beta1?: number;
  /** 0 to 1, less than 1. Default 0.999. */
  readonly beta2?: number;
  /** Above 0. Default 1e-8. */
  readonly epsilon?: number;
}

/** How gradients change parameters. The learning rate is told at each step. */
export type OptimizerOptions = SgdOptions | AdamOptions;

/** fastai's Adam: mom 0.9, sqr_mom 0.99, eps 1e-5, wd 0.01 apart from the gradient, and none for biases (fastai 2.5). */
export const FASTAI_ADAM: OptimizerOptions = {
  kind: "adamw",
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-5,
  weightDecay: 0.01,
  decayMatricesOnly: true,
};

/**
 * Checks options.
 *
 * @throws {@link RangeError} for one out of its range; {@link TypeError} for another kind
 */
export function assertOptimizerOptions(options: OptimizerOptions): void {
  const share = (name: string, value = 0): void => {
    if (!(value >= 0 && value < 1))
      throw new RangeError(`${name}: expected 0 <= x < 1, got ${value}`);
  };
  const { kind, weightDecay = 0 } = options;
  if (!(weightDecay >= 0 && weightDecay < Infinity)) {
    throw new RangeError(`weightDecay: expected 0 or more, got ${weightDecay}`);
  }
  if (kind === "sgd") {
    share("momentum", options.momentum);
    const { momentum = 0, dampening = 0, nesterov = false } = options;
    // As PyTorch: Nesterov's step has a meaning with a momentum that nothing dampens.
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new RangeError("nesterov: expected a momentum above 0 and no dampening");
    }
  } else if (kind === "adam" || kind === "adamw") {
    share("beta1", options.beta1);
    share("beta2", options.beta2);
    const { epsilon = 1e-8 } = options;
    if (!(epsilon > 0)) throw new RangeError(`epsilon: expected more than 0, got ${epsilon}`);
  } else {
    throw new TypeError(`kind: expected sgd, adam or adamw, got ${String(kind)}`);
  }
}
