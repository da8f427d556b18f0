/**
 * Compares convolution, depthwise convolution and max pooling with their gradients, over kernels, strides and paddings, with
 * the cpu backend's. Prints the worst relative error; the exit code is 1 if it is above 1e-5.
 *
 *     tsx --conditions=@dsail/source --import ./test/native/resolve-from-folder.mjs test/native/kernels-against-cpu.ts BACKEND
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { type SelectBackendOptions, selectBackend } from "../../src/tfjs/backend/select-backend.js";
import { describeBackend } from "../../src/tfjs/backend/selected-backend.js";

const MOST = 1e-5;

const random = seededRandom(3);
const draw = (...shape: number[]): { readonly values: Float32Array; readonly shape: number[] } => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { values: Float32Array.from({ length: size }, () => normalOf(random)), shape };
};

type Pad = "same" | "valid" | number;
type Case = {
  readonly label: string;
  readonly inputs: readonly ReturnType<typeof draw>[];
  readonly run: (inputs: tf.Tensor[]) => tf.Tensor;
};

function* cases(): Generator<Case> {
  for (const kernel of [1, 3, 5, 7]) {
    for (const stride of [1, 2]) {
      const pads: Pad[] = ["same", "valid", ...(kernel > 1 ? [1, (kernel - 1) / 2] : [])];
      for (const pad of pads) {
        const label = `${kernel} × ${kernel}, stride ${stride}, padding ${pad}`;
        const x = draw(2, 11, 12, 3);
        yield {
          label: `convolution ${label}`,
          inputs: [x, draw(kernel, kernel, 3, 4)],
          run: ([image, filter]) =>
            tf.conv2d(
              image as tf.Tensor4D,
              filter as tf.Tensor4D,
              stride,
              pad,
              "NHWC",
              1,
              round(pad),
            ),
        };
        yield {
          label: `depthwise ${label}`,
          inputs: [x, draw(kernel, kernel, 3, 2)],
          run: ([image, filter]) =>
            tf.depthwiseConv2d(
              image as tf.Tensor4D,
              filter as tf.Tensor4D,
              stride,
              pad,
              "NHWC",
              1,
              round(pad),
            ),
        };
        if (kernel === 1) continue;
        yield {
          label: `max pool ${label}`,
          inputs: [x],
          run: ([image]) => tf.maxPool(image as tf.Tensor4D, kernel, stride, pad, round(pad)),
        };
      }
    }
  }
}

/** tfjs wants a number as padding to go with how sizes are rounded. */
function round(pad: Pad): "floor" | undefined {
  return typeof pad === "number" ? "floor" : undefined;
}

/** The result, and the gradients of its sum with weights that differ from place to place. */
async function valuesOf({ inputs, run }: Case): Promise<Float32Array[]> {
  const tensors = tf.tidy(() => {
    const all = inputs.map(({ values, shape }) => tf.tensor(values, shape));
    // Made here, since a graphics card's sine is not the processor's.
    const weigh = (y: tf.Tensor): tf.Tensor => {
      const weights = Float32Array.from({ length: y.size }, (_, index) => Math.sin(index));
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
    };
    return [run(all), ...tf.grads((...xs: tf.Tensor[]) => weigh(run(xs)))(all)];
  });
  const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose(tensors);
  return values;
}

const backend = process.argv[2] as NonNullable<SelectBackendOptions["backend"]>;
const all = [...cases()];
await selectBackend({ backend: "cpu" });
const expected: Float32Array[][] = [];
for (const one of all) expected.push(await valuesOf(one));
console.log(describeBackend(await selectBackend({ backend })));
let worst = 0;
for (const [index, one] of all.entries()) {
  const actual = await valuesOf(one);
  const error = Math.max(...actual.map((values, i) => relativeError(values, expected[index]![i]!)));
  // NaN is worse than any number.
  if (!(error <= MOST)) console.error(`${one.label}: ${error}`);
  worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
}
console.log(`${all.length} cases, worst relative error ${worst.toExponential(1)}`);
process.exit(worst <= MOST ? 0 : 1);

/** Largest difference, as a share of the largest value. */
function relativeError(actual: Float32Array, wanted: Float32Array): number {
  if (actual.length !== wanted.length) return Number.NaN;
  let difference = 0;
  let largest = 0;
  for (const [i, value] of wanted.entries()) {
    difference = Math.max(difference, Math.abs(actual[i]! - value));
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}
