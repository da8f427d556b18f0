/**
 * Times steps of the CNN with 1,663,370 parameters, batch 64, and the same steps of PyTorch on one thread, in turns: medians
 * of 20. The exit code is 1 if the median of ours is above 1.1 times PyTorch's, three times over since other programs
 * disturb who uses all cores more than who uses one, or if the loss does not fall.
 *
 *     tsx --conditions=@dsail/source --import ./test/native/resolve-from-folder.mjs test/native/cnn-step-against-torch.ts \
 *       BACKEND PYTHON
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { type SelectBackendOptions, selectBackend } from "../../src/tfjs/backend/select-backend.js";
import { describeBackend } from "../../src/tfjs/backend/selected-backend.js";
import { createModel } from "../../src/tfjs/models/create-model.js";
import { createTrainingStep } from "./training-step.js";

const MOST = 1.1;
const ATTEMPTS = 3;
const WARM_UP = 5;
const STEPS = 20;
const BATCH = 64;

const [backend, python] = process.argv.slice(2) as [
  NonNullable<SelectBackendOptions["backend"]>,
  string,
];
console.log(describeBackend(await selectBackend({ backend })));
const random = seededRandom(5);
const images = Float32Array.from({ length: BATCH * 28 * 28 }, () => normalOf(random));
const labels = Int32Array.from({ length: BATCH }, (_, index) => index % 10);
const model = createModel("cnn", { numClasses: 10, inputShape: [28, 28, 1] });
const { step } = createTrainingStep(model, { learningRate: 0.01 });

const torch = spawn(python, [fileURLToPath(new URL("torch_cnn_step.py", import.meta.url))], {
  stdio: ["pipe", "pipe", "inherit"],
});
const answers = createInterface(torch.stdout)[Symbol.asyncIterator]();
let ratio = Number.POSITIVE_INFINITY;
const losses: number[] = [];
for (let attempt = 0; attempt < ATTEMPTS && ratio > MOST; attempt++) ratio = await compare();
torch.stdin.end();
process.exit(ratio <= MOST && (losses.at(-1) as number) < (losses[0] as number) ? 0 : 1);

/** Takes the steps, and gives how many times as long ours take. */
async function compare(): Promise<number> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let index = 0; index < WARM_UP + STEPS; index++) {
    const begin = performance.now();
    losses.push(await step({ images, labels }));
    ours.push(performance.now() - begin);
    torch.stdin.write("step\n");
    const { value, done } = await answers.next();
    if (done === true) throw new Error("PyTorch ended before its time");
    theirs.push(Number(value));
  }
  const [mine, other] = [median(ours.slice(WARM_UP)), median(theirs.slice(WARM_UP))];
  console.log(
    `CNN, batch ${BATCH}: ${mine.toFixed(1)} ms, PyTorch on one thread ${other.toFixed(1)} ms, ${(mine / other).toFixed(2)} times; ` +
      `loss ${losses[0]?.toFixed(3)} to ${losses.at(-1)?.toFixed(3)}`,
  );
  return mine / other;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
