/**
 * A model, applied to a batch of images.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Batch } from "../../data/image-dataset.js";
import type { ForwardPass, Model } from "../layers/module.js";

/**
 * The logits of a batch; to be called within `tidy`.
 *
 * @throws {@link RangeError} for images of another size than the model's
 */
export function runModel(model: Model, { images, labels }: Batch, pass: ForwardPass): tf.Tensor2D {
  const samples = labels.length;
  const pixels = model.inputShape.reduce((product, size) => product * size, 1);
  if (images.length !== samples * pixels) {
    throw new RangeError(
      `images: expected ${samples} of ${model.inputShape.join(" · ")} numbers, got ${images.length} numbers`,
    );
  }
  const x = tf.tensor4d(images, [samples, ...model.inputShape]);
  return model.forward(x, pass, "") as tf.Tensor2D;
}
