/**
 * Compares the losses of four steps of LeNet-5 with those on the cpu backend, from the same weights. The exit code is 1 if
 * one is further off than 1e-4 of it, and 77 if there is no such backend on this machine.
 *
 *     tsx --conditions=@dsail/source --import ./test/native/resolve-from-folder.mjs test/native/steps-against-cpu.ts BACKEND
 *
 * @module
 */
import { isFlError } from "@dsail/fl-protocol";
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { type SelectBackendOptions, selectBackend } from "../../src/tfjs/backend/select-backend.js";
import { describeBackend } from "../../src/tfjs/backend/selected-backend.js";
import { createModel } from "../../src/tfjs/models/create-model.js";
import { createTrainingStep } from "./training-step.js";

const MOST = 1e-4;
const STEPS = 4;
const BATCH = 8;

const backend = process.argv[2] as NonNullable<SelectBackendOptions["backend"]>;
const random = seededRandom(5);
const images = Float32Array.from({ length: BATCH * 28 * 28 }, () => normalOf(random));
const labels = Int32Array.from({ length: BATCH }, (_, index) => index);

const selected = await selectBackend({ backend }).catch((error: unknown) => {
  if (!isFlError(error)) throw error;
  console.log(`skipped: ${error.message}`);
  process.exit(77);
});
console.log(describeBackend(selected));
const actual = await lossesOfSteps();
await selectBackend({ backend: "cpu" });
const expected = await lossesOfSteps();
const errors = expected.map((loss, index) => Math.abs(actual[index]! / loss - 1));
const worst = Math.max(...errors);
console.log(
  `LeNet-5, losses ${actual.map((loss) => loss.toFixed(5)).join(", ")}; the worst is ${worst.toExponential(1)} from the cpu backend's`,
);
process.exit(worst <= MOST ? 0 : 1);

async function lossesOfSteps(): Promise<number[]> {
  const model = createModel("lenet5", { numClasses: 10, inputShape: [28, 28, 1] });
  const { step } = createTrainingStep(model, { learningRate: 0.1 });
  const losses: number[] = [];
  for (let index = 0; index < STEPS; index++) losses.push(await step({ images, labels }));
  return losses;
}
