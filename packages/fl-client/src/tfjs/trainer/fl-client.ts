/**
 * D-SAIL's client: a folder of images and a model by name, as a trainer that keeps tables and pictures.
 *
 * @module
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FlError, type ModelParameters, writeNpz, writeSafetensors } from "@dsail/fl-protocol";
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
import { readWeights } from "../weights/load-weights.js";
import {
  type PretrainedParameters,
  pretrainedParameters,
} from "../weights/pretrained-parameters.js";
import { assertClassWeights, assertFLClientOptions } from "./assert-fl-client-options.js";
import type { FLClientOptions } from "./fl-client-options.js";
import { openSiteRecords, type SiteRecords } from "./site-records.js";
import { createTfjsTrainer } from "./tfjs-trainer.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";
import { withOptionName } from "./with-option-name.js";

/** A site that trains. `createClient({ trainer: client, … })` joins a server with it. */
export interface FLClient extends Trainer {
  readonly backend: SelectedBackend;
  readonly model: Model;
  readonly data: Pick<ImageSplits, "classes" | "emptyClasses" | "skipped"> & {
    readonly counts: Readonly<Record<"train" | "valid", number>>;
  };
  /**
   * Ends threads, frees memory, and finishes pictures.
   *
   * @throws {@link FlError} `BAD_CONFIG` if a file could not be written, of which an event has told
   */
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
 * @throws {@link FlError} `BAD_DATA` for images that can't be had; `ABORTED` by the signal; `BAD_CONFIG` for a backend, options that contradict each
 *   other, and a file that can't be read or written, told by its option; `BAD_TENSOR` or `SHAPE_MISMATCH` for weights;
 *   {@link RangeError} for options out of their range
 */
export async function createFLClient(options: FLClientOptions): Promise<FLClient> {
  const { channels = 3, imageSize = 64, onEvent = () => {} } = options;
  assertFLClientOptions(options);
  const backend = await selectBackend({ backend: options.backend ?? "auto" });
  options.onBackend?.(describeBackend(backend));
  const isPrivate = options.privacy !== "none";
  const weights = await weightsOf(options);
  const splits = await openImageFolder(options.dataPath, {
    ...{ channels, size: imageSize, normalization: "imagenet" },
    // What is decoded stays in memory, so that the first epoch is spared it.
    ...{ check: options.check ?? "decode", unreadable: options.unreadable ?? "refuse" },
    ...(options.classes && { classes: options.classes }),
    ...(options.augment === true && {
      augmentation: { ...AUGMENTATION, cropPadding: Math.floor(imageSize / 8) },
    }),
    ...(options.workers !== undefined && { workers: options.workers }),
    ...(options.onProblem && { onProblem: options.onProblem }),
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.signal && { signal: options.signal }),
  });
  let records: SiteRecords | undefined;
  try {
    if (options.classWeights) assertClassWeights(options.classWeights, splits.classes.length);
    const model = createModel(options.arch ?? "resnet18", {
      numClasses: splits.classes.length,
      inputShape: [imageSize, imageSize, channels],
      normalization: normalizationOf(options, isPrivate),
      ...(options.head && { head: options.head }),
    });
    const evaluateOn = evaluationSet(splits, options.evaluateOn ?? "valid");
    const pretrained = weights && (await pretrainedOf(model, weights, options));
    if (pretrained) {
      const { parameters: _, ...counts } = pretrained;
      onEvent({ type: "weights", ...counts });
    }
    const noiseMultiplier = isPrivate
      ? (privacyOf(options)?.noiseMultiplier ?? NOISE_MULTIPLIER)
      : 0;
    const kept = await openSiteRecords(options, {
      noiseMultiplier,
      onNotWritten: (option, reason) => onEvent({ type: "notWritten", option, reason }),
    });
    records = kept;
    const trainer = createTfjsTrainer({
      ...trainerOptions(options, isPrivate),
      ...{ model, evaluateOn, train: splits.train, valid: splits.valid },
      ...(pretrained && { initialParameters: pretrained.parameters }),
      onEvent: (event) => {
        kept.record(event);
        onEvent(event);
      },
    });
    const { classes, emptyClasses, skipped, train } = splits;
    return {
      ...trainer,
      fit: async (parameters, config, context) => {
        const result = await trainer.fit(parameters, config, context);
        const { savePath } = options;
        if (savePath !== undefined) {
          kept.attempt("savePath", () => save(savePath, result.parameters));
        }
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
        await Promise.all([splits.close(), kept.close()]);
      },
    };
  } catch (error) {
    await Promise.all([splits.close(), records?.close()]);
    throw error;
  }
}

/** What goes through as it is, and D-SAIL's defaults. */
function trainerOptions(
  options: FLClientOptions,
  isPrivate: boolean,
): Omit<TfjsTrainerOptions, "model" | "train" | "valid"> {
  const { schedule = "auto", balance = "auto", labelSmoothing = 0 } = options;
  const { microBatchSize, earlyStopping, bestWeights, checkpointPath, classWeights } = options;
  return {
    epochs: options.epochs ?? 5,
    batchSize: options.bs ?? 64,
    learningRate: options.lr ?? 6e-4,
    optimizer: options.optimizer ?? FASTAI_ADAM,
    seed: options.seed ?? 42,
    privacy: privacyOf(options) ?? (isPrivate ? {} : "none"),
    schedule: schedule !== "auto" ? schedule : options.weights ? "fine-tune" : "one-cycle",
    balance: balance !== "auto" ? balance : isPrivate || classWeights ? "none" : "sampler",
    loss: { labelSmoothing, ...(classWeights && { classWeights }) },
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

/** Read before the images, which may take long. */
async function weightsOf({ weights: path }: FLClientOptions): Promise<ModelParameters | undefined> {
  if (path === undefined) return undefined;
  return readWeights(await withOptionName("weights", () => readFile(path)));
}

/** What it lacks is drawn as the trainer draws. */
function pretrainedOf(
  model: Model,
  weights: ModelParameters,
  { seed = 42 }: FLClientOptions,
): Promise<PretrainedParameters> {
  return pretrainedParameters(model, weights, seededRandom(seed, 1));
}

async function save(path: string, parameters: ModelParameters): Promise<void> {
  const bytes = path.endsWith(".npz") ? writeNpz(parameters) : writeSafetensors(parameters);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}
