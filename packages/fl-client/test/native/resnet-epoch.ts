/**
 * Trains ResNet-18 for an epoch on images whose two classes differ in the direction of their stripes. The exit code is 1 if
 * it has not learned to tell 90 of 100 others apart.
 *
 *     tsx --conditions=@dsail/source --import ./test/native/resolve-from-folder.mjs test/native/resnet-epoch.ts BACKEND
 *
 * @module
 */
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { type SelectBackendOptions, selectBackend } from "../../src/tfjs/backend/select-backend.js";
import { describeBackend } from "../../src/tfjs/backend/selected-backend.js";
import { createModel } from "../../src/tfjs/models/create-model.js";
import { createTrainingStep, type StepBatch } from "./training-step.js";

const SIDE = 64;
const STEPS = 40;
const BATCH = 16;

const backend = process.argv[2] as NonNullable<SelectBackendOptions["backend"]>;
console.log(describeBackend(await selectBackend({ backend })));
const random = seededRandom(11);
const model = createModel("resnet18", { numClasses: 2, inputShape: [SIDE, SIDE, 3] });
const { step, predict } = createTrainingStep(model, { learningRate: 0.02 });
const begin = performance.now();
const losses: number[] = [];
for (let index = 0; index < STEPS; index++) losses.push(await step(stripes(BATCH)));
const seconds = (performance.now() - begin) / 1000;
const others = stripes(100);
const classes = await predict(others.images);
const right = classes.filter((value, index) => value === others.labels[index]).length;
console.log(
  `ResNet-18, ${STEPS * BATCH} images of ${SIDE} × ${SIDE} in ${seconds.toFixed(1)} s; ` +
    `loss ${losses[0]?.toFixed(3)} to ${losses.at(-1)?.toFixed(3)}; ${right} of 100 right`,
);
process.exit(right >= 90 ? 0 : 1);

/** Stripes 8 wide, upright or lying, somewhere, under noise as strong as they are. */
function stripes(count: number): StepBatch {
  const labels = Int32Array.from({ length: count }, (_, index) => index % 2);
  const images = new Float32Array(count * SIDE * SIDE * 3);
  for (const [index, label] of labels.entries()) {
    const phase = random.uniform() * 2 * Math.PI;
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const value = Math.sin(phase + ((label === 0 ? x : y) * Math.PI) / 8);
        const at = ((index * SIDE + y) * SIDE + x) * 3;
        for (let channel = 0; channel < 3; channel++) {
          images[at + channel] = value + normalOf(random);
        }
      }
    }
  }
  return { images, labels };
}
