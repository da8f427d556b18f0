/**
 * What a layer is, and a model made of layers: a list of named arrays, and a function of an image batch and those arrays.
 *
 * Names, shapes and order are those of PyTorch's `state_dict`, so that weights and federations mix with PyTorch. Inside,
 * arrays have the layout that TensorFlow.js computes with ({@link StateLayout}); images are NHWC.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * How an array lies inside, as against PyTorch's: `convolution` is OIHW there and HWIO here, `depthwise` (C·m)1HW there and
 * HWCm here, `linear` (out, in) there and (in, out) here.
 */
export type StateLayout = "as-is" | "convolution" | "depthwise" | "linear";

/** One array of a model. */
export interface StateEntry {
  /** As in `state_dict`, such as `layer1.0.conv1.weight`. */
  readonly name: string;
  /** PyTorch's. */
  readonly shape: readonly number[];
  /** Buffers (running statistics) are not trained, and travel all the same. */
  readonly kind: "parameter" | "buffer";
  /** `num_batches_tracked` is an int64 to PyTorch, and an int32 inside. */
  readonly dtype: "float32" | "int64";
  readonly layout: StateLayout;
  /** Fills an array of PyTorch's layout, as PyTorch does for a new layer. */
  readonly initialize: (values: Float32Array, random: RandomSource) => void;
}

/** The arrays of a model by name, in inner layout. */
export type ModelState = ReadonlyMap<string, Tensor>;

/** One run of a model. */
export interface ForwardPass {
  /** Whether dropout drops and batch norm takes the batch's own statistics. */
  readonly training: boolean;
  /** An array of the state by its whole name. */
  readonly read: (name: string) => Tensor;
  /** Puts a new value of a buffer in the place of the old; the pass owns it from then on. */
  readonly write: (name: string, value: Tensor) => void;
  /** What dropout is drawn from. */
  readonly random: RandomSource;
  /** Set while per-sample gradients are taken: every layer with parameters tells it what went in and out. */
  readonly tap?: Tap;
}

/**
 * Watches one layer with parameters. Gives back a tensor with the values of `output`, which the layer goes on with.
 *
 * @param input - what the parameters were applied to: x of a convolution or a linear layer, x̂ (normalized, before γ and β)
 *   of a norm
 * @param output - before any activation
 */
export type Tap = (site: TapSite, input: Tensor, output: Tensor) => Tensor;

/** Which layer a tap watches. Its arrays are `prefix + "weight"` and, if `bias`, `prefix + "bias"`. */
export type TapSite = {
  /** Whole name up to the last dot and with it, such as `layer1.0.conv1.`. */
  readonly prefix: string;
  readonly bias: boolean;
} & (
  | { readonly kind: "linear" }
  | { readonly kind: "norm" }
  | {
      readonly kind: "convolution" | "depthwise";
      readonly strides: readonly [height: number, width: number];
      /** Rows and columns of zeros on every side, as PyTorch pads. */
      readonly padding: readonly [height: number, width: number];
    }
);

/** A layer, or layers put together. */
export interface Module {
  /** With names relative to this module, in the order of `state_dict`. */
  readonly state: readonly StateEntry[];
  /**
   * Runs it. Differentiable by TensorFlow.js; to be called within `tidy`.
   *
   * @param prefix - what stands before the names of `state`, such as `layer1.0.`; empty for a whole model
   */
  readonly forward: (x: Tensor, pass: ForwardPass, prefix: string) => Tensor;
}

/** A network with what is to be known about it. */
export interface Model extends Module {
  /** Such as `resnet18`. */
  readonly name: string;
  /** Height, width, channels of an image. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  readonly numClasses: number;
  /** Names of state begin with one of these in the head, which is trained first in fine-tuning; the rest is the body. */
  readonly headPrefixes: readonly string[];
  /** Groups of body layers from input to output, by prefixes of names, for learning rates that grow with depth. */
  readonly bodyGroups: readonly (readonly string[])[];
}
