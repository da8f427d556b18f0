/**
 * D-SAIL's client: a folder of images and a model by name, as a trainer that keeps tables and pictures.
 *
 * @module
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FlError, type ModelParameters, writeNpz, writeSafetensors } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import writeFileAtomic from "write-file-atomic";
import type { ImageDataset } from "../../data/image-dataset.js";
import { openImageFolder } from "../../data/image-folder.js";
import type { ImageSplits } from "../../data/image-options.js";
import { seededRandom } from "../../seeded-random.js";
import type { Trainer } from "../../trainer.js";
import { selectBackend } from "../backend/select-backend.js";
import { describeBackend, type SelectedBackend } from "../backend/selected-backend.js";
import type { Model } from "../layers/module.js";
import { createModel } from "../models/create-model.js";
import { FASTAI_ADAM } from "../training/optimizer-options.js";
import { initializeState } from "../weights/initialize-state.js";
import { loadWeights, readWeights } from "../weights/load-weights.js";
import { parametersOfState } from "../weights/state-of-parameters.js";
import type { FLClientOptions } from "./fl-client-options.js";
import { openSiteRecords } from "./site-records.js";
import { createTfjsTrainer } from "./tfjs-trainer.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** A site that trains. `createClient({ trainer: client, … })` joins a server with it. */
export interface FLClient extends Trainer {
  readonly backend: SelectedBackend;
  readonly model: Model;
  readonly data: Pick<ImageSplits, "classes" | "emptyClasses" | "skipped"> & {
    readonly counts: Readonly<Record<"train" | "valid", number>>;
  };
  /** Ends threads, frees memory, and finishes pictures. */
  readonly close: () => Promise<void>;
}

/** As large as most in use. No flip: the heart is on one side. */
const AUGMENTATION = { rotation: 10, brightness: 0.1, contrast: 0.1 } as const;

/** Standard deviation of the noise that D-SAIL adds where nobody says. */
const NOISE_MULTIPLIER = 0.5;

/**
 * Opens a site: chooses a backend, looks at the images, builds the model.
 *
 * Where this differs from D-SAIL's `FLClient`: images are resized; a gradient is clipped for each image, and the noise is that
 * of DP-SGD, accounted over all rounds; results weigh by images, not by batches; the optimizer begins anew with each round.
 *
 * @throws {@link FlError} `BAD_DATA` for images that can't be had, `BAD_CONFIG` for a backend, `BAD_TENSOR` or `SHAPE_MISMATCH` for weights; {@link RangeError} for options out
 *   of their range; errors of the file system
 */
export async function createFLClient(options: FLClientOptions): Promise<FLClient> {
  const { channels = 3, imageSize = 64, seed = 42 } = options;
  const backend = await selectBackend({ backend: options.backend ?? "auto" });
  options.onBackend?.(describeBackend(backend));
  const isPrivate = options.privacy !== "none";
  const splits = await openImageFolder(options.dataPath, {
    ...{ channels, size: imageSize, normalization: "imagenet" },
    ...(options.classes && { classes: options.classes }),
    ...(options.augment === true && {
      augmentation: { ...AUGMENTATION, cropPadding: Math.floor(imageSize / 8) },
    }),
    ...(options.workers !== undefined && { workers: options.workers }),
    ...(options.onProblem && { onProblem: options.onProblem }),
  });
  try {
    const model = createModel(options.arch ?? "resnet18", {
      numClasses: splits.classes.length,
      inputShape: [imageSize, imageSize, channels],
      normalization: normalizationOf(options, isPrivate),
      ...(options.head && { head: options.head }),
    });
    const evaluateOn = evaluationSet(splits, options.evaluateOn ?? "valid");
    assertEndings(options);
    const initialParameters =
      options.weights === undefined ? undefined : await pretrained(model, options.weights, seed);
    const noise = isPrivate ? (privacyOf(options)?.noiseMultiplier ?? NOISE_MULTIPLIER) : 0;
    const records = openSiteRecords(options, noise);
    const trainer = createTfjsTrainer({
      ...trainerOptions(options, isPrivate),
      ...{ model, evaluateOn, train: splits.train, valid: splits.valid },
      ...(initialParameters && { initialParameters }),
      onEvent: (event) => {
        records.record(event);
        options.onEvent?.(event);
      },
    });
    const { classes, emptyClasses, skipped, train } = splits;
    return {
      ...trainer,
      fit: async (parameters, config, context) => {
        const result = await trainer.fit(parameters, config, context);
        const { savePath } = options;
        if (savePath !== undefined) records.attempt(() => save(savePath, result.parameters));
        return result;
      },
      ...{ backend, model },
      data: {
        classes,
        emptyClasses,
        skipped,
        counts: { train: train.size, valid: evaluateOn.size },
      },
      close: async () => {
        trainer.dispose();
        await Promise.all([splits.close(), records.close()]);
      },
    };
  } catch (error) {
    await splits.close();
    throw error;
  }
}

/** What goes through as it is, and D-SAIL's defaults. */
function trainerOptions(
  options: FLClientOptions,
  isPrivate: boolean,
): Omit<TfjsTrainerOptions, "model" | "train" | "valid"> {
  const { schedule = "auto", balance = "auto", labelSmoothing = 0 } = options;
  const { microBatchSize, earlyStopping, bestWeights, checkpointPath } = options;
  return {
    epochs: options.epochs ?? 5,
    batchSize: options.bs ?? 64,
    learningRate: options.lr ?? 6e-4,
    optimizer: options.optimizer ?? FASTAI_ADAM,
    seed: options.seed ?? 42,
    privacy: privacyOf(options) ?? (isPrivate ? {} : "none"),
    schedule: schedule !== "auto" ? schedule : options.weights ? "fine-tune" : "one-cycle",
    balance: balance !== "auto" ? balance : isPrivate ? "none" : "sampler",
    ...(labelSmoothing > 0 && { loss: { labelSmoothing } }),
    ...(microBatchSize !== undefined && { microBatchSize }),
    ...(earlyStopping && { earlyStopping }),
    ...(bestWeights !== undefined && { bestWeights }),
    ...(checkpointPath !== undefined && { checkpointPath }),
  };
}

function privacyOf({ privacy }: FLClientOptions) {
  return privacy === "none" ? undefined : privacy;
}

function normalizationOf(
  { normalization = "auto" }: FLClientOptions,
  isPrivate: boolean,
): "batch" | "group" {
  if (normalization !== "auto") return normalization;
  return isPrivate ? "group" : "batch";
}

function evaluationSet(splits: ImageSplits, part: "valid" | "test"): ImageDataset {
  const set = splits[part];
  if (set !== undefined) return set;
  throw new FlError("BAD_CONFIG", "evaluateOn: there is no folder test");
}

/** The weights of a file; what it lacks, and a head for other classes, is drawn. */
async function pretrained(model: Model, path: string, seed: number): Promise<ModelParameters> {
  const parameters = readWeights(await readFile(path));
  const drawn = initializeState(model, seededRandom(seed, 1));
  const given: tf.Tensor[] = [];
  try {
    const fits = model.state.every(({ name, shape }) => {
      const tensor = parameters.find((one) => one.name === name);
      return tensor === undefined || String(tensor.shape) === String(shape);
    });
    const { state } = loadWeights(model, parameters, { ignoreHead: !fits });
    given.push(...state.values());
    return await parametersOfState(model, new Map([...drawn, ...state]));
  } finally {
    tf.dispose([...drawn.values(), ...given]);
  }
}

/** Told before a round is trained. @throws {@link RangeError} for a name with another ending */
function assertEndings(options: FLClientOptions): void {
  const { savePath = ".npz", matrixPath, rocPath, calibrationPath, curvesPath } = options;
  if (!/\.(npz|safetensors)$/.test(savePath)) {
    throw new RangeError("savePath: expected a name that ends in .npz or .safetensors");
  }
  const pictures = { matrixPath, rocPath, calibrationPath, curvesPath };
  for (const [name, path = ".svg"] of Object.entries(pictures)) {
    if (/\.(svg|png)$/i.test(path)) continue;
    throw new RangeError(`${name}: expected a name that ends in .svg or .png`);
  }
}

async function save(path: string, parameters: ModelParameters): Promise<void> {
  const bytes = path.endsWith(".npz") ? writeNpz(parameters) : writeSafetensors(parameters);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}
