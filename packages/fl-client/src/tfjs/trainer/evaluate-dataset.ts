/**
 * How good a model is on all images of a data set.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { createBatches } from "../../data/create-batches.js";
import type { Batch, ImageDataset } from "../../data/image-dataset.js";
import { batchesOf } from "../../data/shuffled-batches.js";
import {
  type ClassificationMetrics,
  classificationMetrics,
} from "../../metrics/classification-metrics.js";
import type { Model, ModelState } from "../layers/module.js";
import { evaluateModel } from "../training/evaluate-model.js";

/** What was seen. */
export interface DatasetEvaluation {
  readonly loss: number;
  readonly metrics: ClassificationMetrics;
}

/** @throws {@link FlError} `ABORTED` by the signal; `NOT_FINITE` for a model that diverged */
export async function evaluateDataset(
  model: Model,
  state: ModelState,
  {
    dataset,
    batchSize,
    signal,
  }: {
    readonly dataset: ImageDataset;
    readonly batchSize: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<DatasetEvaluation> {
  const all = Array.from({ length: dataset.size }, (_, index) => index);
  const batches = createBatches(dataset, batchesOf(all, batchSize), signal ? { signal } : {});
  const seen = await evaluateModel(model, state, paced(batches), { signal });
  const { loss, probabilities, labels } = seen;
  const metrics = classificationMetrics({ probabilities, labels, classes: dataset.classes });
  return { loss, metrics };
}

/** Connections are kept alive between batches. */
async function* paced(batches: AsyncIterable<Batch>): AsyncGenerator<Batch, void, undefined> {
  for await (const batch of batches) {
    yield batch;
    await setImmediate();
  }
}
