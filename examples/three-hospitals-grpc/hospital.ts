/**
 * A hospital that trains with TensorFlow.js: the twin of hospital.py.
 *
 *     tsx hospital.ts ARCH FOLDER NUMBER SEED ADDRESS
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createClient, withNames } from "@dsail/fl-client";
import { datasetOfArrays, type ImageDataset } from "@dsail/fl-client/data";
import { createModel, createTfjsTrainer, selectBackend } from "@dsail/fl-client/tfjs";
import { readNpz } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";

const [arch = "", folder = "", number = "", seed = "", address = ""] = process.argv.slice(2);

await selectBackend();
const trainer = createTfjsTrainer({
  model: createModel(arch, { numClasses: 10, inputShape: [28, 28, 1] }),
  train: readDigits(`hospital-${number}.npz`),
  valid: readDigits("unseen.npz"),
  seed: Number(seed),
  epochs: 1,
  batchSize: 32,
  learningRate: 0.02,
  schedule: "constant",
  // Digits are no patients.
  privacy: "none",
  optimizer: { kind: "sgd", momentum: 0.9 },
});
const transport = flowerClientTransport({
  address,
  tls: { rootCertificates: readFileSync(join(folder, "ca", "ca.crt")) },
  clientId: `hospital-${number}`,
});
const { status } = await createClient({ transport, trainer: withNames(trainer) }).run();
trainer.dispose();
process.exitCode = status === "completed" ? 0 : 1;

function readDigits(name: string): ImageDataset {
  const [images, labels] = readNpz(readFileSync(join(folder, name)));
  return datasetOfArrays({
    images: Float32Array.from(images!.data, Number),
    labels: Int32Array.from(labels!.data, Number),
    imageShape: [28, 28, 1],
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  });
}
